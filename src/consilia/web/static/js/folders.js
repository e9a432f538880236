/* Reads what was dropped, folders included, as files with their path: [{file, path}]. */
export async function dropped(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) await read(entry, found);
  return found;
}

async function read(entry, found) {
  if (entry instanceof File) {
    found.push({ file: entry, path: entry.name });
  } else if (entry?.isFile) {
    const file = await new Promise((take, fail) => entry.file(take, fail)).catch(() => null);
    if (file) found.push({ file, path: entry.fullPath.replace(/^\//, "") });
  } else if (entry?.isDirectory) {
    const reader = entry.createReader();
    for (;;) {
      // A reader hands out at most a hundred entries at a time, and an empty list at the end.
      const some = await new Promise((take, fail) => reader.readEntries(take, fail)).catch(() => []);
      if (!some.length) return;
      for (const one of some) await read(one, found);
    }
  }
}

export function chosen(input) {
  return [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

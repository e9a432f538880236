// The filter of a printed book: entries and rows that do not hold the typed words are hidden. No module: a book opens from a disk.
(() => {
  const place = document.querySelector("[data-find-place]");
  if (!place) return;
  const label = document.createElement("label");
  label.className = "book__find";
  const words = document.createElement("span");
  words.textContent = place.dataset.sayFind;
  const field = document.createElement("input");
  field.type = "search";
  const told = document.createElement("output");
  label.append(words, field, told);
  place.replaceWith(label);

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const entries = [...document.querySelectorAll("[data-find]")].map((entry) => {
    const rows = [...entry.querySelectorAll("[data-find-row]")];
    return {
      entry,
      text: plain(rows.length ? entry.querySelector("h2").textContent : entry.textContent),
      link: document.querySelector(`[data-find-link="${CSS.escape(entry.id)}"]`),
      rows: rows.map((row) => ({ row, text: plain(row.textContent) })),
    };
  });

  const filter = () => {
    const wanted = plain(field.value).split(/\s+/).filter(Boolean);
    const holds = (text) => wanted.every((word) => text.includes(word));
    let found = 0;
    for (const one of entries) {
      const whole = holds(one.text);
      let shown = whole && !one.rows.length ? 1 : 0;
      for (const { row, text } of one.rows) {
        row.hidden = !(whole || holds(text));
        shown += row.hidden ? 0 : 1;
      }
      one.entry.hidden = !shown;
      if (one.link) one.link.hidden = !shown;
      found += shown;
    }
    told.textContent = wanted.length ? `${found} ${label.dataset.found}` : "";
  };
  label.dataset.found = place.dataset.sayFound;
  field.addEventListener("input", filter);
})();

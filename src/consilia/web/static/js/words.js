/* Words for scripts: each stands in the page as data-say-NAME on the element that the script holds, already translated.
   `{n}` and other names in braces are filled in. */
export function say(element, name, values = {}) {
  const words = element.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  return words.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}

export function clockTime(moment) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(moment);
}

export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = bytes > 0 ? Math.min(Math.floor(Math.log10(bytes) / 3), 3) : 0;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[step], maximumFractionDigits: step > 1 ? 1 : 0 }).format(bytes / 1000 ** step);
}

export function cookie(name) {
  const pair = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}

/* The token of the form on the page, else the cookie. */
export function csrfToken(within = document) {
  return within.querySelector("[name=csrfmiddlewaretoken]")?.value ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? cookie("csrftoken");
}

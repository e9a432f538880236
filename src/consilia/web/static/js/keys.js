/* Keyboard shortcuts, each written on the element that it serves; nothing happens while somebody types.
   data-key="/"      focuses a field, clicks anything else
   data-key-list     j and k move through the links marked data-key-item within; Enter opens, as for any link
   An element that was used so is told by the event consilia:key, which bubbles.
   data-keys-toggle  a check box that turns them off in this browser (WCAG 2.1.4: single keys must not be forced on anybody) */
const OFF = "consilia-keys-off";

const typing = (target) => target.closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");

function use(element) {
  const field = element.matches("input, textarea, select") ? element : null;
  if (field) {
    field.focus();
    field.select?.();
  } else {
    element.click();
  }
  element.dispatchEvent(new CustomEvent("consilia:key", { bubbles: true }));
}

function move(list, step) {
  const items = [...list.querySelectorAll("[data-key-item]")].filter((item) => item.offsetParent !== null);
  if (!items.length) return;
  const here = items.indexOf(document.activeElement);
  const current = here >= 0 ? here : items.findIndex((item) => item.hasAttribute("aria-current"));
  items[Math.min(Math.max(current + step, 0), items.length - 1)].focus();
}

function off() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

for (const box of document.querySelectorAll("[data-keys-toggle]")) {
  box.checked = !off();
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "")));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && typing(event.target)) {
    event.target.blur();
    return;
  }
  if (typing(event.target) || off()) return;
  const list = document.querySelector("[data-key-list]");
  if (list && (event.key === "j" || event.key === "k")) {
    event.preventDefault();
    move(list, event.key === "j" ? 1 : -1);
    return;
  }
  const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (element) {
    event.preventDefault();
    use(element);
  }
});

/* The opinion beside its records: faults and reasons are shown as soon as they are known, a selected passage can be cited.
   Every deed of it is a button of the form, too. */
const form = document.querySelector("#opinion");

function fault(name, words) {
  const field = document.getElementById(name);
  const told = document.getElementById(`${name}_error`);
  if (!field || !told) return;
  told.hidden = !words;
  told.querySelector("span").textContent = words ?? "";
  field.toggleAttribute("aria-invalid", Boolean(words));
}

async function reasons() {
  const answer = await fetch(form.dataset.reasonsUrl, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const place = document.querySelector("#reasons");
  const isOpen = place.querySelector("details")?.open ?? false;
  place.innerHTML = await answer.text();
  const more = place.querySelector("details");
  if (more) more.open = isOpen;
}

/* A place within a folded part opens the part. */
function unfold() {
  const place = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (let part = place?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  if (place instanceof HTMLDetailsElement) place.open = true;
  place?.scrollIntoView({ block: "nearest" });
}

if (form) {
  let told = [];
  form.addEventListener("autosave:saved", (event) => {
    const faults = event.detail.faults ?? {};
    for (const name of told) if (!(name in faults)) fault(name, null);
    told = Object.keys(faults);
    for (const name of told) fault(name, faults[name]);
    reasons();
  });

  /* The last statement that was written in is the one to be cited for. */
  form.addEventListener("focusin", (event) => {
    const entry = event.target.closest(".entry");
    const choice = document.querySelector("[data-cite-for]");
    if (entry && choice && [...choice.options].some((option) => option.value === entry.id)) choice.value = entry.id;
  });

  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const quote = document.querySelector("[data-cite-quote]");
    const within = selection?.anchorNode?.parentElement?.closest(".paper");
    if (quote && within && !selection.isCollapsed) quote.value = selection.toString().trim().slice(0, 2000);
  });
}

window.addEventListener("hashchange", unfold);
unfold();

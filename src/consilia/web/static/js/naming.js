/* What is this paper? A key answers a question; when every question that is asked has its answer, the form goes off.
   #naming holds the screen of one paper and what is said of it (data-said); #naming-said is the live region.
   <fieldset data-asked> is a question; keys.js tells by consilia:key that a label in it was used.
   The swap has settle:0, because while htmx settles a new form it shows values of the old one and is not yet its own. */

const screen = () => document.querySelector("#naming");

/* The eyes stay on the paper: the focus is on the choice that Enter saves. */
function begin() {
  const here = screen();
  document.querySelector("#naming-said").textContent = here.dataset.said;
  const places = ["[data-take-focus]", "[data-asked] :checked", "[data-asked] input", ":checked", "a"];
  const place = places.map((one) => here.querySelector(one)).find(Boolean);
  place?.focus({ preventScroll: true });
}

document.addEventListener("consilia:key", ({ target }) => {
  const question = target.closest("label") && target.closest("#naming fieldset");
  if (!question) return;
  question.dataset.answered = "";
  const form = question.closest("form");
  const asked = [...form.querySelectorAll("fieldset[data-asked]")];
  if (asked.length && asked.every((one) => "answered" in one.dataset)) form.requestSubmit();
});

/* What is typed while the next paper is on its way is not meant for the one before. */
document.addEventListener(
  "submit",
  (event) => {
    const here = screen();
    if (!here.contains(event.target)) return;
    if ("sent" in here.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    here.dataset.sent = "";
  },
  { capture: true },
);

document.addEventListener("htmx:finally:request", () => delete screen().dataset.sent);
document.addEventListener("htmx:after:swap", begin);
begin();

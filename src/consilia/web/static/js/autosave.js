/* Saves a form while it is written, and says honestly whether it is saved.
   <form method="post" data-autosave-url="..." data-version="37">
     <span class="saved" role="status" data-saved
       data-say-saving="Saving ..." data-say-saved="Saved {time}, version {version}" data-say-typing="Not saved yet"
       data-say-failed="Not saved: {reason}" data-say-offline="no connection; we keep trying" data-say-clash="..."></span>
   Sends the form with X-CSRFToken and a field `version`; expects 200 {version, saved_at} or 409 {message}.
   On 409 nothing is sent any more: the words stay on the page, and the person decides. Without JavaScript the form is sent by its button. */
import { clockTime, csrfToken, say } from "./words.js";

const PAUSE = 900; // milliseconds without typing
const RETRY = [2000, 5000, 15000, 30000];

class Autosave {
  constructor(form) {
    this.form = form;
    this.sign = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
    this.version = form.dataset.version ?? "";
    this.sending = false;
    this.stopped = false;
    this.failures = 0;
    this.saved = this.words();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => { this.stopped = true; });
    window.addEventListener("online", () => this.soon(0));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.soon(0); });
    window.addEventListener("beforeunload", (event) => { if (!this.stopped && this.words() !== this.saved) event.preventDefault(); });
  }

  words() {
    const data = new FormData(this.form);
    data.delete("csrfmiddlewaretoken");
    data.delete("version");
    return new URLSearchParams(data).toString();
  }

  changed() {
    if (this.stopped || this.words() === this.saved) return;
    if (!this.failures) this.show("typing");
    this.soon(PAUSE);
  }

  soon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), delay);
  }

  async send() {
    const words = this.words();
    if (this.stopped || words === this.saved) return;
    if (this.sending) { this.soon(PAUSE); return; }
    this.sending = true;
    this.show("saving");
    const body = new URLSearchParams(words);
    body.set("version", this.version);
    try {
      const answer = await fetch(this.form.dataset.autosaveUrl, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(this.form), Accept: "application/json" }, redirect: "error" });
      await this.read(answer, words);
    } catch {
      this.failed(say(this.sign, "offline"));
    } finally {
      this.sending = false;
    }
    if (!this.stopped && !this.failures && this.words() !== this.saved) this.soon(PAUSE);
  }

  async read(answer, words) {
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 409) {
      this.stopped = true;
      this.show("failed", { reason: told.message || say(this.sign, "clash") });
      this.form.dispatchEvent(new CustomEvent("autosave:clash", { bubbles: true, detail: told }));
    } else if (!answer.ok) {
      this.failed(told.message || String(answer.status));
    } else {
      this.failures = 0;
      this.saved = words;
      this.take(told);
    }
  }

  take(told) {
    this.version = String(told.version);
    this.form.dataset.version = this.version;
    const field = this.form.elements.namedItem("version");
    if (field) field.value = this.version;
    this.show("saved", { time: clockTime(told.saved_at ? new Date(told.saved_at) : new Date()), version: this.version });
    this.form.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true, detail: told }));
  }

  failed(reason) {
    this.show("failed", { reason });
    this.soon(RETRY[Math.min(this.failures++, RETRY.length - 1)]);
  }

  show(state, values = {}) {
    if (!this.sign) return;
    this.sign.dataset.state = state;
    this.sign.textContent = say(this.sign, state, values);
  }
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) new Autosave(form);

/* Sends records in pieces that survive a closed page (tus 1.0): drag and drop of files and folders, or the picker.
   <form class="drop" data-tus-endpoint="..." data-list-url="..." data-list="#arrived" data-progress="#sending">
     <input type="file" multiple>   and, if wanted,   <input type="file" webkitdirectory multiple>
   data-say-*: all "{done} of {size}, {left} files to go", file "{done} of {size}", finished, arriving, stopped "{n} files were not sent",
   failed "Not sent: {reason}",
   pause, resume, retry, again "{n} files were not finished. Choose them once more: they go on where they stopped.",
   offline, refused. The element of data-progress gets one row a file and one for all.
   After each finished file the region `data-list` is fetched anew from data-list-url. vendor/tus.js comes before this file.
   Without JavaScript the form is sent as ever. A choice is taken by this script only where window.tus is there. */
import { chosen, dropped } from "./folders.js";
import { Memory, fingerprint } from "./upload_memory.js";
import { Rows } from "./upload_rows.js";
import { csrfToken, say } from "./words.js";

const PARALLEL = 4;
const PIECE = 8 * 1024 * 1024;

class Uploads {
  constructor(zone) {
    this.zone = zone;
    this.waiting = [];
    this.running = new Set();
    this.memory = new Memory(zone.dataset.tusEndpoint);
    this.rows = new Rows(zone, (job) => this.pause(job), (job) => this.resume(job));
    for (const input of zone.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => { this.take(chosen(input)); input.value = ""; });
    }
    this.listen();
    this.remind();
    window.addEventListener("beforeunload", (event) => { if (this.running.size || this.waiting.length) event.preventDefault(); });
  }

  listen() {
    this.zone.addEventListener("dragover", (event) => { event.preventDefault(); this.zone.dataset.over = ""; });
    this.zone.addEventListener("dragleave", (event) => { if (!this.zone.contains(event.relatedTarget)) delete this.zone.dataset.over; });
    this.zone.addEventListener("drop", async (event) => {
      event.preventDefault();
      delete this.zone.dataset.over;
      this.take(await dropped(event.dataTransfer));
    });
    this.zone.addEventListener("submit", (event) => event.preventDefault());
  }

  /* What a closed page left unfinished: the browser may not open files by itself, so the person chooses them once more. */
  async remind() {
    const left = await this.memory.findAllUploads();
    if (left.length) this.rows.remark(say(this.zone, "again", { n: left.length }));
  }

  take(files) {
    this.rows.remark("");
    for (const { file, path } of files) {
      const job = { file, path, sent: 0, state: "waiting" };
      this.waiting.push(job);
      this.rows.add(job);
    }
    this.next();
  }

  next() {
    while (this.running.size < PARALLEL && this.waiting.length) this.start(this.waiting.shift());
    this.rows.all();
  }

  async start(job) {
    this.running.add(job);
    job.state = "sending";
    job.upload ??= this.prepare(job);
    if (!job.looked) {
      job.looked = true;
      const earlier = await job.upload.findPreviousUploads();
      if (earlier.length) job.upload.resumeFromPreviousUpload(earlier[0]);
    }
    if (job.state === "sending") job.upload.start();
    this.rows.show(job);
  }

  prepare(job) {
    const endpoint = this.zone.dataset.tusEndpoint;
    return new window.tus.Upload(job.file, {
      endpoint,
      chunkSize: PIECE,
      retryDelays: [0, 1000, 3000, 10000, 30000],
      removeFingerprintOnSuccess: true,
      metadata: { filename: job.path, filetype: job.file.type },
      urlStorage: this.memory,
      fingerprint: (file) => fingerprint(job.path, file),
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrfToken(this.zone)),
      onProgress: (sent) => { job.sent = sent; this.rows.show(job); },
      onSuccess: () => this.end(job, "done"),
      onError: (error) => this.end(job, "failed", this.reason(error)),
    });
  }

  reason(error) {
    const answer = error.originalResponse;
    if (!answer) return say(this.zone, "offline");
    const words = (answer.getBody() ?? "").trim();
    return words && words.length < 300 && !words.startsWith("<") ? words : say(this.zone, "refused");
  }

  end(job, state, reason = "") {
    job.state = state;
    job.reason = reason;
    if (state === "done") { job.sent = job.file.size; this.refresh(); }
    this.running.delete(job);
    this.rows.show(job);
    this.next();
  }

  pause(job) {
    job.upload?.abort();
    this.waiting = this.waiting.filter((one) => one !== job);
    this.end(job, "paused");
  }

  resume(job) {
    job.state = "waiting";
    this.waiting.unshift(job);
    this.next();
  }

  /* At most one request a second, the last one after everything has arrived. */
  refresh() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetchList(), 1000);
  }

  async fetchList() {
    const region = document.querySelector(this.zone.dataset.list ?? "#records");
    if (!region || !this.zone.dataset.listUrl) return;
    const answer = await fetch(this.zone.dataset.listUrl, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    region.innerHTML = await answer.text();
    window.htmx?.process(region);
  }
}

if (window.tus?.isSupported) {
  for (const zone of document.querySelectorAll("[data-tus-endpoint]")) new Uploads(zone);
}

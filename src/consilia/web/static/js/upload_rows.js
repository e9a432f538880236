/* What one sees of an upload: a row a file with its bar, and one for all. Finished rows fold away; the list below tells of them. */
import { say, size } from "./words.js";

const SHOWN = 200; // rows; a folder of a CD holds thousands of files, and the bar of all counts them anyway

export class Rows {
  constructor(zone, pause, resume) {
    this.zone = zone;
    this.pause = pause;
    this.resume = resume;
    this.jobs = [];
    this.box = document.querySelector(zone.dataset.progress) ?? zone.insertAdjacentElement("afterend", document.createElement("section"));
    this.box.classList.add("sending");
    this.remarks = this.box.appendChild(document.createElement("p"));
    this.remarks.setAttribute("role", "status");
    this.total = this.row();
    this.total.box.hidden = true;
    this.box.append(this.total.box);
  }

  row() {
    const box = document.createElement("div");
    box.className = "frow";
    const middle = document.createElement("div");
    const name = document.createElement("strong");
    const note = document.createElement("p");
    note.className = "small soft nums";
    const bar = document.createElement("progress");
    bar.max = 100;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--small btn--quiet";
    middle.append(name, note, bar);
    box.append(document.createElement("span"), middle, button);
    return { box, name, note, bar, button };
  }

  add(job) {
    this.jobs.push(job);
    if (this.jobs.filter((one) => one.row).length >= SHOWN) return;
    job.row = this.row();
    job.row.name.textContent = job.path;
    job.row.bar.setAttribute("aria-label", job.path);
    job.row.button.addEventListener("click", () => (job.state === "sending" || job.state === "waiting" ? this.pause(job) : this.resume(job)));
    this.box.append(job.row.box);
    this.show(job);
  }

  show(job) {
    this.all();
    if (!job.row) return;
    const { box, note, bar, button } = job.row;
    box.dataset.state = job.state;
    bar.value = job.file.size ? (100 * job.sent) / job.file.size : 100;
    note.textContent = job.state === "failed" ? say(this.zone, "failed", { reason: job.reason }) : say(this.zone, "file", { done: size(job.sent), size: size(job.file.size) });
    button.textContent = say(this.zone, { failed: "retry", paused: "resume" }[job.state] ?? "pause");
    const told = document.createElement("span");
    told.className = "vh";
    told.textContent = ` ${job.path}`;
    button.append(told);
    if (job.state === "done") {
      box.remove();
      job.row = null;
    }
  }

  all() {
    const open = this.jobs.filter((job) => job.state !== "done");
    const whole = this.jobs.reduce((sum, job) => sum + job.file.size, 0);
    const sent = this.jobs.reduce((sum, job) => sum + job.sent, 0);
    const { box, name, note, bar, button } = this.total;
    box.hidden = !this.jobs.length;
    button.hidden = true;
    const moves = open.some((job) => job.state === "sending" || job.state === "waiting");
    name.textContent = moves ? say(this.zone, "arriving") : say(this.zone, open.length ? "stopped" : "finished", { n: open.length || this.jobs.length });
    note.textContent = say(this.zone, "all", { done: size(sent), size: size(whole), left: open.length });
    bar.value = whole ? (100 * sent) / whole : 100;
    bar.setAttribute("aria-label", name.textContent);
  }

  remark(words) {
    this.remarks.textContent = words;
    this.remarks.className = words ? "notice notice--amber" : "";
  }
}

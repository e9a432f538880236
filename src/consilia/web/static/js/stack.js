/* A plain viewer of a stack of images, without WebGL: the server draws each frame as a PNG.
   <div class="room__view" tabindex="0" data-frame-url="/.../frames/{index}" data-count="180" data-index="0" data-wc="40" data-ww="400">
     <img alt="..." src="first frame">            (what one sees without a script)
     <span data-stack="place" data-say-place="Image {n} of {count}"></span>  <span data-stack="window" data-say-window="C {wc} W {ww}"></span>
   Beside it, within the same .room: <input type="range" data-stack="slider">, buttons data-stack="next, previous, reset, play" and
   data-stack="preset" data-wc data-ww. Wheel, arrows, Page Up and Down, Home and End scroll; a drag with the left button changes
   the window (across: width, up and down: centre); a swipe with one finger scrolls. `data-orientation` of a frame is the
   server's header X-Orientation, shown in [data-stack=orientation]. The fragment #image-41 opens the forty-first. */
import { say } from "./words.js";

const AHEAD = 6; // frames loaded before they are asked for
const KEPT = 80; // frames kept in memory

class Stack {
  constructor(view) {
    this.view = view;
    this.room = view.closest(".room") ?? view;
    this.image = view.querySelector("img");
    this.count = Number(view.dataset.count);
    this.index = this.fromFragment() ?? Number(view.dataset.index ?? 0);
    this.first = { wc: this.number("wc"), ww: this.number("ww") };
    Object.assign(this, this.first);
    this.cache = new Map();
    this.direction = 1;
    this.listen();
    this.show(this.index);
  }

  number(name) {
    const words = this.view.dataset[name];
    return words ? Number(words) : null;
  }

  fromFragment() {
    const match = /^#image-(\d+)$/.exec(location.hash);
    return match ? Math.min(Math.max(Number(match[1]) - 1, 0), this.count - 1) : null;
  }

  parts(name) {
    return this.room.querySelectorAll(`[data-stack="${name}"]`);
  }

  listen() {
    this.view.addEventListener("wheel", (event) => { event.preventDefault(); this.go(Math.sign(event.deltaY)); }, { passive: false });
    this.view.addEventListener("keydown", (event) => this.key(event));
    this.view.addEventListener("pointerdown", (event) => this.drag(event));
    window.addEventListener("hashchange", () => { const index = this.fromFragment(); if (index !== null) this.show(index); });
    for (const slider of this.parts("slider")) {
      slider.min = 1;
      slider.max = this.count;
      slider.addEventListener("input", () => this.show(Number(slider.value) - 1));
    }
    for (const button of this.parts("next")) button.addEventListener("click", () => this.go(1));
    for (const button of this.parts("previous")) button.addEventListener("click", () => this.go(-1));
    for (const button of this.parts("reset")) button.addEventListener("click", () => this.level(this.first.wc, this.first.ww));
    for (const button of this.parts("preset")) button.addEventListener("click", () => this.level(Number(button.dataset.wc), Number(button.dataset.ww)));
    for (const button of this.parts("play")) button.addEventListener("click", () => this.play(button));
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -this.count, End: this.count };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.go(steps[event.key]);
  }

  drag(start) {
    if (start.button !== 0) return;
    const scrolls = start.pointerType === "touch";
    if (!scrolls && (this.wc === null || this.ww === null)) return;
    const from = { x: start.clientX, y: start.clientY, wc: this.wc, ww: this.ww, index: this.index };
    this.view.setPointerCapture(start.pointerId);
    const move = (event) => {
      const across = event.clientX - from.x;
      const down = event.clientY - from.y;
      if (scrolls) this.show(from.index + Math.round(down / 12));
      else this.level(from.wc + (down * from.ww) / 400, Math.max(from.ww + (across * from.ww) / 300, 1));
    };
    const end = () => {
      this.view.removeEventListener("pointermove", move);
      this.view.removeEventListener("pointerup", end);
      this.view.removeEventListener("pointercancel", end);
    };
    this.view.addEventListener("pointermove", move);
    this.view.addEventListener("pointerup", end);
    this.view.addEventListener("pointercancel", end);
  }

  play(button) {
    const runs = this.timer !== undefined;
    clearInterval(this.timer);
    this.timer = runs ? undefined : setInterval(() => this.show((this.index + 1) % this.count), 120);
    button.setAttribute("aria-pressed", String(!runs));
  }

  level(wc, ww) {
    this.wc = wc === null ? null : Math.round(wc);
    this.ww = ww === null ? null : Math.round(ww);
    this.tell();
    // Each step of the window is a picture of its own: wait until the hand rests.
    clearTimeout(this.resting);
    this.resting = setTimeout(() => { this.cache.clear(); this.show(this.index); }, 80);
  }

  go(step) {
    this.direction = step < 0 ? -1 : 1;
    this.show(this.index + step);
  }

  address(index) {
    const url = new URL(this.view.dataset.frameUrl.replace(/\{index\}|%7Bindex%7D/i, String(index)), location.href);
    if (this.wc !== null && this.ww !== null) {
      url.searchParams.set("wc", this.wc);
      url.searchParams.set("ww", this.ww);
    }
    return url.href;
  }

  /* A frame by its address; a promise, so that one in flight is not asked for twice. */
  frame(index) {
    const address = this.address(index);
    if (!this.cache.has(address)) {
      if (this.cache.size >= KEPT) this.cache.delete(this.cache.keys().next().value);
      const asked = fetch(address).then(async (answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return { picture: await createImageBitmap(await answer.blob()), orientation: answer.headers.get("X-Orientation") ?? "" };
      });
      asked.catch(() => this.cache.delete(address));
      this.cache.set(address, asked);
    }
    return this.cache.get(address);
  }

  async show(wanted) {
    const index = Math.min(Math.max(wanted, 0), this.count - 1);
    this.index = index;
    this.tell();
    try {
      const { picture, orientation } = await this.frame(index);
      if (this.index !== index) return;
      this.draw(picture);
      for (const part of this.parts("orientation")) part.textContent = orientation;
      this.view.removeAttribute("data-failed");
      this.ahead(index);
    } catch {
      if (this.index === index) this.view.dataset.failed = "";
    }
    for (const part of this.parts("failed")) part.hidden = !("failed" in this.view.dataset);
  }

  draw(picture) {
    this.canvas ??= this.makeCanvas();
    this.canvas.width = picture.width;
    this.canvas.height = picture.height;
    this.canvas.getContext("2d").drawImage(picture, 0, 0);
  }

  /* The canvas takes the place of the first picture; it keeps the words of it. */
  makeCanvas() {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", this.image?.alt ?? "");
    if (this.image) this.image.replaceWith(canvas);
    else this.view.prepend(canvas);
    return canvas;
  }

  ahead(index) {
    for (let step = 1; step <= AHEAD; step += 1) {
      const next = index + step * this.direction;
      if (next >= 0 && next < this.count) this.frame(next).catch(() => {});
    }
  }

  tell() {
    for (const part of this.parts("place")) part.textContent = say(part, "place", { n: this.index + 1, count: this.count });
    for (const part of this.parts("window")) part.textContent = this.wc === null ? "" : say(part, "window", { wc: this.wc, ww: this.ww });
    for (const part of this.parts("slider")) part.value = this.index + 1;
    for (const part of this.room.querySelectorAll("[data-stack-index]")) part.value = this.index;
  }
}

for (const view of document.querySelectorAll("[data-frame-url]")) new Stack(view);

/* The room of images: one pane, or two side by side; tools, keys, cine, and the key image that an opinion cites. */
import { RenderingEngine, eventTarget } from "@cornerstonejs/core";
import { Enums, ReferenceLinesTool, ToolGroupManager } from "@cornerstonejs/tools";
import { say } from "../static/js/words.js";
import { MEASURES, MOVES, NAMES, start } from "./library.js";
import { Marks, configure, know } from "./marks.js";
import { Pane } from "./pane.js";

const { MouseBindings, Events } = Enums;
const CINE = 100; // milliseconds a picture
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10 };
const KEYS = { w: "window", p: "pan", z: "zoom", s: "scroll", l: "length", a: "angle", e: "ellipse", n: "arrow" };
let rooms = 0;

export class Room {
  static async open(element) {
    await start();
    const room = new Room(element);
    element.room = room; // for the tests, which compare its pixels
    await room.add(element.querySelector(".room__view"));
    const kept = element.querySelector("[data-viewer-kept]");
    if (kept) room.active.state = JSON.parse(kept.textContent);
    room.listen();
    element.dataset.viewer = "ready";
    return room;
  }

  constructor(element) {
    rooms += 1;
    this.element = element;
    this.panes = [];
    this.offset = null;
    this.beside = null;
    this.engine = new RenderingEngine(`room-${rooms}`);
    this.group = ToolGroupManager.createToolGroup(`tools-${rooms}`);
    for (const name of Object.values(MOVES)) this.group.addTool(name.toolName);
    const words = element.querySelector("[data-viewer-words]")?.dataset ?? {};
    configure(this.group, { detector: words.sayDetector ?? "", pixels: words.sayPixels ?? "", mean: words.sayMean ?? "" }, (done) => this.ask(done));
    this.group.addTool(ReferenceLinesTool.toolName);
    this.group.setToolActive(NAMES.scroll, { bindings: [{ mouseButton: MouseBindings.Wheel }] });
    this.use(matchMedia("(pointer: coarse)").matches || !this.tools.length ? "scroll" : "window");
  }

  get tools() {
    return [...this.element.querySelectorAll("[data-tool]")];
  }

  parts(name) {
    return this.element.querySelectorAll(`[data-stack="${name}"]`);
  }

  async add(view) {
    const pane = await Pane.open(this, view);
    know(pane.series);
    this.panes.push(pane);
    this.group.addViewport(pane.id, this.engine.id);
    this.choose(pane);
    return pane;
  }

  choose(pane) {
    this.active = pane;
    for (const one of this.panes) one.view.toggleAttribute("data-active", one === pane && this.panes.length > 1);
    if (this.panes.length > 1) {
      this.group.setToolConfiguration(ReferenceLinesTool.toolName, { sourceViewportId: pane.id });
      this.group.setToolEnabled(ReferenceLinesTool.toolName);
    }
    this.changed();
  }

  /* The tool of the left button and of one finger; the right button and two fingers zoom, the wheel scrolls. */
  use(name) {
    for (const tool of [...Object.keys(MOVES), ...Object.keys(MEASURES)]) {
      if (tool === "scroll") this.group.setToolActive(NAMES.scroll, { bindings: [{ mouseButton: MouseBindings.Wheel }] });
      else this.group.setToolPassive(NAMES[tool], { removeAllBindings: true });
    }
    if (name !== "zoom") this.group.setToolActive(NAMES.zoom, { bindings: [{ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 }] });
    if (name !== "pan") this.group.setToolActive(NAMES.pan, { bindings: [{ mouseButton: MouseBindings.Auxiliary }] });
    const more = { zoom: [{ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 }], pan: [{ mouseButton: MouseBindings.Auxiliary }], scroll: [{ mouseButton: MouseBindings.Wheel }] };
    this.group.setToolActive(NAMES[name], { bindings: [{ mouseButton: MouseBindings.Primary }, { numTouchPoints: 1 }, ...(more[name] ?? [])] });
    for (const button of this.tools) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
  }

  listen() {
    const on = (name, event, act) => { for (const part of this.parts(name)) part.addEventListener(event, () => act(part)); };
    for (const button of this.tools) button.addEventListener("click", () => this.use(button.dataset.tool));
    on("next", "click", () => this.active.show(this.active.next + 1));
    on("previous", "click", () => this.active.show(this.active.next - 1));
    on("reset", "click", () => this.active.reset());
    on("invert", "click", () => this.active.invert());
    on("unmark", "click", () => Marks.remove(this.active));
    on("play", "click", () => this.play());
    on("link", "click", () => this.link());
    on("slider", "input", (slider) => this.active.show(Number(slider.value) - 1));
    on("preset", "change", (select) => this.preset(select));
    on("beside", "change", (select) => this.compare(select));
    this.element.addEventListener("keydown", (event) => this.key(event));
    for (const event of [Events.ANNOTATION_COMPLETED, Events.ANNOTATION_MODIFIED, Events.ANNOTATION_REMOVED]) {
      eventTarget.addEventListener(event, () => this.changed());
    }
    for (const field of this.element.querySelectorAll("[data-viewer-cites]")) {
      // Asked for when the form is sent: the words of a mark are known a moment after it is drawn.
      field.form?.addEventListener("formdata", (event) => event.formData.set(field.name, JSON.stringify(this.cited)));
    }
    new ResizeObserver(() => this.engine.resize(true, true)).observe(this.element);
    window.addEventListener("hashchange", () => this.fromFragment());
    this.fromFragment();
    this.changed();
  }

  /* #image-41 opens the forty-first. */
  fromFragment() {
    const match = /^#image-(\d+)$/.exec(location.hash);
    if (match) this.active.show(Number(match[1]) - 1);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    const pane = this.panes.find((one) => one.view.contains(event.target)) ?? this.active;
    if (pane !== this.active) this.choose(pane);
    const { center, width } = pane.level ?? {};
    const acts = {
      Home: () => pane.show(0),
      End: () => pane.show(pane.series.ids.length - 1),
      "+": () => pane.zoom(1.25),
      "-": () => pane.zoom(0.8),
      i: () => pane.invert(),
      r: () => pane.reset(),
      Delete: () => Marks.remove(pane),
      Backspace: () => Marks.remove(pane),
    };
    const isButton = event.target.closest("button, a");
    if (event.shiftKey && event.key.startsWith("Arrow") && width) {
      const step = Math.max(1, Math.round(width / 20));
      const [more, wider] = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
      pane.window(center + more * step, width + wider * step);
    } else if (event.key in STEPS) pane.show(pane.next + STEPS[event.key]);
    else if (event.key === " " && !isButton) this.play();
    else if (event.key in acts) acts[event.key]();
    else if (KEYS[event.key] && this.tools.some((button) => button.dataset.tool === KEYS[event.key])) this.use(KEYS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the page has keys of its own
  }

  play() {
    const runs = this.timer !== undefined;
    clearInterval(this.timer);
    const next = () => this.active.show((this.active.next + 1) % this.active.series.ids.length);
    this.timer = runs ? undefined : setInterval(next, CINE);
    for (const button of this.parts("play")) button.setAttribute("aria-pressed", String(!runs));
  }

  preset(select) {
    const { wc, ww } = select.selectedOptions[0]?.dataset ?? {};
    if (wc && this.active.windowed) this.active.window(Number(wc), Number(ww));
    else this.active.reset();
  }

  /* A second series beside the first, or none. */
  async compare(select) {
    const chosen = select.selectedOptions[0]?.dataset;
    this.alone();
    if (chosen?.address) {
      const view = this.element.querySelector("template[data-stack=second]").content.firstElementChild.cloneNode(true);
      Object.assign(view.dataset, chosen);
      this.beside = view;
      this.panes[0].view.after(view);
      try {
        await this.add(view);
        this.choose(this.panes[0]);
        if (this.parallel) this.link(); // an axial and a coronal stack have nothing to move together by
      } catch {
        for (const part of view.querySelectorAll('[data-pane="failed"]')) part.hidden = false;
      }
    }
    this.engine.resize(true, true);
    this.linked();
  }

  /* Takes away what stands beside the first, also where it could not be opened. */
  alone() {
    const [, second] = this.panes;
    if (second) {
      this.group.setToolDisabled(ReferenceLinesTool.toolName);
      this.group.removeViewports(this.engine.id, second.id);
      this.engine.disableElement(second.id);
      this.panes.pop();
    }
    this.beside?.remove();
    this.beside = null;
    this.offset = null;
    this.choose(this.panes[0]);
  }

  /* Whether both stacks lie in the same direction and know where. Stacks that run against each other are not: millimetres
     along one are not those along the other. */
  get parallel() {
    const [one, other] = this.panes.map((pane) => pane.frame);
    if (!other || one.distance === null || other.distance === null) return false;
    return one.normal.reduce((sum, part, axis) => sum + part * other.normal[axis], 0) > 0.95;
  }

  /* Both stacks move together: by millimetres where both know where they lie, else picture by picture. The places that
     stand beside each other when they are linked stay beside each other; within one frame of reference, the same place. */
  link() {
    const [first, second] = this.panes;
    if (this.offset || !second) {
      this.offset = null;
    } else {
      const [one, other] = [first.frame, second.frame];
      const same = first.series.reference && first.series.reference === second.series.reference;
      this.offset = this.parallel ? { millimetres: same ? 0 : other.distance - one.distance } : { pictures: second.index - first.index };
      this.follow(first);
    }
    this.linked();
  }

  linked() {
    for (const button of this.parts("link")) {
      button.hidden = this.panes.length < 2;
      button.setAttribute("aria-pressed", String(Boolean(this.offset)));
    }
  }

  async follow(pane) {
    const other = this.panes.find((one) => one !== pane);
    if (!this.offset || !other || this.following || !this.panes.includes(pane)) return;
    const sign = pane === this.panes[0] ? 1 : -1;
    this.following = true;
    try {
      if ("pictures" in this.offset) await other.show(pane.index + sign * this.offset.pictures);
      else await other.show(other.series.nearest(pane.frame.distance + sign * this.offset.millimetres));
    } finally {
      this.following = false;
    }
  }

  /* What the page says beside the pictures. */
  changed() {
    const pane = this.active;
    if (!pane?.viewport || pane.canvas.hidden) return;
    for (const part of this.parts("place")) part.textContent = say(part, "place", { n: pane.index + 1, count: pane.series.ids.length });
    for (const part of this.parts("slider")) {
      part.max = pane.series.ids.length;
      part.value = pane.index + 1;
    }
    for (const part of this.parts("window")) part.textContent = pane.level ? say(part, "window", { wc: pane.level.center, ww: pane.level.width }) : "";
  }

  /* The picture that is open, as a citation keeps it. */
  get cited() {
    const { frame, state } = this.active;
    return { instance: frame.instance, frame: frame.number, ...state };
  }

  /* The words beside an arrow, asked for in the page. */
  ask(done) {
    const dialog = this.element.querySelector("dialog[data-stack=words]");
    if (!dialog) return done("");
    const field = dialog.querySelector("input");
    field.value = "";
    dialog.addEventListener("close", () => { done(dialog.returnValue === "ok" ? field.value.trim() : ""); this.changed(); }, { once: true });
    dialog.showModal();
    field.focus();
  }
}

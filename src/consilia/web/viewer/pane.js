/* One picture of the room: a stack of frames in a viewport, with what must always stand on it (place, window, edges, side). */
import { Enums, imageLoader, utilities } from "@cornerstonejs/core";
import { utilities as toolUtilities } from "@cornerstonejs/tools";
import { say } from "../static/js/words.js";
import { Marks } from "./marks.js";
import { Series, edges, isLossy, side } from "./series.js";

const { Events, ViewportType } = Enums;

/* Loads a frame and sees that it is one: a decoder that failed may give less than the header says. Rejects otherwise. */
async function whole(frame) {
  const image = await imageLoader.loadAndCacheImage(frame.id);
  const of = (tag) => Number(frame.header[tag]?.Value?.[0] ?? 1);
  const pixels = of("00280010") * of("00280011");
  const held = image.voxelManager?.getScalarData?.().length ?? image.getPixelData().length;
  if (held % pixels || held < pixels * of("00280002")) throw new Error(`${held} values of ${pixels} pixels`);
}

export class Pane {
  /* `view` is the .room__view; its data say which series: address, count, index, wc, ww. */
  static async open(room, view) {
    const { address, count, index } = view.dataset;
    const series = await Series.load(address, Number(count));
    const first = Math.min(Math.max(Number(index ?? 0), 0), series.ids.length - 1);
    await whole(series.frames[first]);
    const pane = new Pane(room, view, series);
    await pane.draw(first);
    return pane;
  }

  constructor(room, view, series) {
    this.room = room;
    this.view = view;
    this.series = series;
    this.id = `pane-${room.panes.length}`;
    this.canvas = document.createElement("div");
    this.canvas.className = "room__canvas";
    this.canvas.hidden = true;
    this.asked = null;
    view.prepend(this.canvas);
    view.addEventListener("contextmenu", (event) => event.preventDefault());
    view.addEventListener("focusin", () => room.choose(this));
    view.addEventListener("pointerdown", () => room.choose(this));
  }

  async draw(index) {
    this.canvas.hidden = false; // the engine measures it
    this.room.engine.enableElement({ viewportId: this.id, type: ViewportType.STACK, element: this.canvas, defaultOptions: { background: [0, 0, 0] } });
    this.viewport = this.room.engine.getViewport(this.id);
    this.canvas.addEventListener(Events.STACK_NEW_IMAGE, () => this.moved());
    this.canvas.addEventListener(Events.VOI_MODIFIED, () => this.tell());
    this.canvas.addEventListener(Events.CAMERA_MODIFIED, () => this.room.changed());
    await this.viewport.setStack(this.series.ids, index);
    const { wc, ww } = this.view.dataset;
    if (wc && ww && this.windowed) this.window(Number(wc), Number(ww));
    this.viewport.render();
    this.view.querySelector("img")?.remove();
    toolUtilities.stackContextPrefetch.enable(this.canvas);
    this.moved();
  }

  get index() {
    return this.viewport?.getTargetImageIdIndex() ?? 0;
  }

  get frame() {
    return this.series.frames[this.index];
  }

  /* Whether the picture is of grey values, which a window turns into brightness. */
  get windowed() {
    return (this.frame.header["00280004"]?.Value?.[0] ?? "").startsWith("MONOCHROME");
  }

  async show(wanted) {
    const index = Math.min(Math.max(wanted, 0), this.series.ids.length - 1);
    if (index === this.next) return;
    this.asked = index;
    try {
      await whole(this.series.frames[index]);
      if (this.asked !== index) return; // a later key or drag wants another one
      await this.viewport.setImageIdIndex(index);
      this.failed(false);
    } catch {
      this.failed(true);
    }
    if (this.asked === index) this.asked = null;
  }

  /* The place that is on its way, else the one that stands open: steps count from here, or a quick hand loses some. */
  get next() {
    return this.asked ?? this.index;
  }

  failed(is) {
    for (const part of this.parts("failed")) part.hidden = !is;
  }

  window(center, width) {
    const { lower, upper } = utilities.windowLevel.toLowHighRange(Math.max(width, 1), center);
    this.viewport.setProperties({ voiRange: { lower, upper } });
    this.viewport.render();
  }

  /* Centre and width, or null for a picture in colour. */
  get level() {
    const range = this.windowed ? this.viewport?.getProperties().voiRange : null;
    if (!range) return null;
    const { windowCenter, windowWidth } = utilities.windowLevel.toWindowLevel(range.lower, range.upper);
    return { center: Math.round(windowCenter), width: Math.round(windowWidth) };
  }

  invert() {
    this.viewport.setProperties({ invert: !this.viewport.getProperties().invert });
    this.viewport.render();
    this.room.changed();
  }

  reset() {
    this.viewport.resetProperties();
    this.viewport.resetCamera();
    const { wc, ww } = this.view.dataset;
    if (wc && ww && this.windowed) this.window(Number(wc), Number(ww));
    this.viewport.render();
    this.tell();
  }

  zoom(factor) {
    this.viewport.setZoom(Math.min(Math.max(this.viewport.getZoom() * factor, 0.2), 20));
    this.viewport.render();
  }

  /* What one sees now, in terms of the picture and not of this screen: pixels from the upper left of the frame. */
  get state() {
    const { clientWidth, clientHeight } = this.canvas;
    const middle = this.viewport.canvasToWorld([clientWidth / 2, clientHeight / 2]);
    return {
      window: this.level,
      inverted: Boolean(this.viewport.getProperties().invert),
      zoom: this.viewport.getZoom(),
      middle: utilities.worldToImageCoords(this.frame.id, middle)?.map((part) => Math.round(part * 10) / 10) ?? null,
      marks: Marks.of(this),
    };
  }

  set state(kept) {
    if (kept.window && this.windowed) this.window(kept.window.center, kept.window.width);
    if (kept.inverted) this.invert();
    this.viewport.setZoom(kept.zoom);
    if (kept.middle) {
      const { clientWidth, clientHeight } = this.canvas;
      const [x, y] = this.viewport.worldToCanvas(utilities.imageToWorldCoords(this.frame.id, kept.middle));
      const [across, down] = this.viewport.getPan();
      this.viewport.setPan([across + clientWidth / 2 - x, down + clientHeight / 2 - y]);
    }
    Marks.put(this, kept.marks);
    this.viewport.render();
    this.tell();
  }

  parts(name) {
    return this.view.querySelectorAll(`[data-pane="${name}"]`);
  }

  moved() {
    this.tell();
    this.room.follow(this);
  }

  tell() {
    const { frame, level } = this;
    const at = { n: this.index + 1, count: this.series.ids.length };
    for (const part of this.parts("place")) part.textContent = say(part, "place", at);
    for (const part of this.parts("window")) part.textContent = level ? say(part, "window", { wc: level.center, ww: level.width }) : "";
    for (const [name, words] of Object.entries(edges(frame))) {
      for (const part of this.parts(name)) part.textContent = words;
    }
    for (const part of this.parts("side")) part.textContent = side(frame) ? say(part, side(frame).toLowerCase()) : "";
    for (const part of this.parts("lossy")) part.hidden = !isLossy(frame);
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", [...this.parts("place")].map((part) => part.textContent).join(" "));
    this.room.changed();
  }
}

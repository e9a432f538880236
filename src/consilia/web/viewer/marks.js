/* Measurements and arrows: what they say, and how they are kept with a key image, in pixels of the frame that they are on. */
import { utilities } from "@cornerstonejs/core";
import { annotation } from "@cornerstonejs/tools";
import { MEASURES, NAMES } from "./library.js";

const PROJECTED = new Set(["CR", "DX", "MG", "XA", "RF", "IO", "PX"]); // a length at the detector is larger than in the body
const frames = new Map(); // image id -> frame

/* The frames whose marks may be asked for their words. */
export function know(series) {
  for (const frame of series.frames) frames.set(frame.id, frame);
}

const number = (amount, digits = 1) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits }).format(amount);

function frameOf(one) {
  return frames.get(one.metadata?.referencedImageId);
}

/* How long, in a unit that the file can answer for. `words` are those of the page: detector, pixels. */
function length(amount, unit, frame, words) {
  const projected = PROJECTED.has(frame?.header["00080060"]?.Value?.[0]);
  const pitch = Number(frame?.header["00181164"]?.Value?.[0]);
  if (unit === "px" && projected && pitch) return `${number(amount * pitch)} mm ${words.detector}`;
  if (unit === "px") return `${number(amount, 0)} px ${words.pixels}`;
  return `${number(amount)} ${unit}${projected ? ` ${words.detector}` : ""}`;
}

/* The configuration of each tool: its lines in the language of the page, and no questions by the browser. */
export function configure(group, words, ask) {
  const lines = (say) => ({ getTextLines: (data, target) => (data.cachedStats?.[target] ? say(data.cachedStats[target], data) : undefined) });
  const framed = (data, target) => frames.get(target.replace(/^imageId:/, "")) ?? frameOf(data);
  group.addTool(NAMES.length, { getTextLines: (data, target) => told(data.cachedStats[target], (stats) => [length(stats.length, stats.unit, framed(data, target), words)], "length") });
  group.addTool(NAMES.angle, lines((stats) => (Number.isFinite(stats.angle) ? [`${number(stats.angle)}°`] : undefined)));
  group.addTool(NAMES.ellipse, lines((stats) => ellipse(stats, words)));
  // The library measures at most ten times a second while a mark is drawn, and may leave the words of a moment before beside
  // the last points. Words that are cited must be those of the points: here it measures each time.
  for (const name of [NAMES.length, NAMES.angle, NAMES.ellipse]) {
    const tool = group.getToolInstance(name);
    tool._throttledCalculateCachedStats = tool._calculateCachedStats;
  }
  group.addTool(NAMES.arrow, { getTextCallback: ask, changeTextCallback: (_data, _event, done) => ask(done) });
}

function told(stats, say, key) {
  return stats && Number.isFinite(stats[key]) ? say(stats) : undefined;
}

function ellipse(stats, words) {
  const found = [];
  if (Number.isFinite(stats.area)) found.push(`${number(stats.area, 0)} ${stats.areaUnit}`);
  const unit = ["raw", undefined, null].includes(stats.modalityUnit) ? "" : ` ${stats.modalityUnit}`;
  if (Number.isFinite(stats.mean)) found.push(`${words.mean} ${number(stats.mean)}${unit} ± ${number(stats.stdDev)}`);
  return found;
}

const kindOf = (one) => Object.keys(MEASURES).find((kind) => NAMES[kind] === one.metadata.toolName);

/* Every mark on the picture that a pane shows now. */
function on(pane) {
  return annotation.state.getAllAnnotations().filter((one) => one.metadata?.referencedImageId === pane.frame.id && kindOf(one));
}

export const Marks = {
  of(pane) {
    return on(pane).map((one) => ({
      kind: kindOf(one),
      points: one.data.handles.points.map((point) => utilities.worldToImageCoords(pane.frame.id, point).map((part) => Math.round(part * 100) / 100)),
      words: wordsOf(one, pane),
    }));
  },

  put(pane, kept) {
    for (const mark of kept ?? []) {
      const Tool = MEASURES[mark.kind];
      const points = mark.points.map((point) => utilities.imageToWorldCoords(pane.frame.id, point));
      const words = mark.kind === "arrow" ? [mark.words] : [];
      Tool.hydrate(pane.id, points, ...words, {});
    }
  },

  /* Takes away the mark that is chosen, else the last one on this picture. */
  remove(pane) {
    const marks = on(pane);
    const one = marks.find((mark) => annotation.selection.isAnnotationSelected(mark.annotationUID)) ?? marks.at(-1);
    if (!one) return;
    annotation.state.removeAnnotation(one.annotationUID);
    pane.viewport.render();
    pane.room.changed();
  },
};

function wordsOf(one, pane) {
  if (one.metadata.toolName === NAMES.arrow) return one.data.label ?? "";
  const say = pane.room.group.getToolInstance(one.metadata.toolName).configuration.getTextLines;
  const [target] = Object.keys(one.data.cachedStats ?? {});
  return (target ? say(one.data, target) : undefined)?.join(", ") ?? "";
}

/* Cornerstone3D, set up once: the workers that decode, the tools, the limits of memory. */
import { Settings, cache, imageLoadPoolManager, init as startCore } from "@cornerstonejs/core";
import { init as startLoader } from "@cornerstonejs/dicom-image-loader";
import * as tools from "@cornerstonejs/tools";

const ON_A_PHONE = 256 * 1024 * 1024; // bytes of decoded images that are kept
const ON_A_DESK = 1024 * 1024 * 1024;
const READ_AT_ONCE = 8;

export const MEASURES = { length: tools.LengthTool, angle: tools.AngleTool, ellipse: tools.EllipticalROITool, arrow: tools.ArrowAnnotateTool };
export const MOVES = { window: tools.WindowLevelTool, pan: tools.PanTool, zoom: tools.ZoomTool, scroll: tools.StackScrollTool };
export const NAMES = Object.fromEntries(Object.entries({ ...MOVES, ...MEASURES }).map(([name, tool]) => [name, tool.toolName]));

const LOOK = { lineWidth: "2", lineDash: "", shadow: true, color: "#ffd34d", colorHighlighted: "#fff3c4", colorSelected: "#7fe3ef", textBoxLinkLineWidth: "1", textBoxLinkLineColor: "#ffd34d", textBoxColor: "#ffe08a" };

/* The library writes styles of its drawings as attributes, which the page's policy refuses; the same words are allowed
   through the object of the style. */
const setAttribute = Element.prototype.setAttribute;
SVGElement.prototype.setAttribute = function set(name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

let started;

/* Resolves when the library can draw. Rejects where the browser has no WebGL 2. */
export function start() {
  started ??= (async () => {
    if (!document.createElement("canvas").getContext("webgl2")) throw new Error("no WebGL 2");
    await startCore();
    startLoader({ maxWebWorkers: Math.max(1, Math.min(4, (navigator.hardwareConcurrency ?? 2) - 1)) });
    await tools.init();
    Settings.getRuntimeSettings().set("useCursors", false); // they are pictures of blobs, which the page's policy refuses
    const look = tools.annotation.config.style;
    look.setDefaultToolStyles({ ...look.getDefaultToolStyles(), global: { ...look.getDefaultToolStyles().global, ...LOOK } });
    for (const tool of [...Object.values(MOVES), ...Object.values(MEASURES), tools.ReferenceLinesTool]) tools.addTool(tool);
    cache.setMaxCacheSize(matchMedia("(max-width: 40rem)").matches ? ON_A_PHONE : ON_A_DESK);
    imageLoadPoolManager.setMaxSimultaneousRequests("interaction", READ_AT_ONCE);
    imageLoadPoolManager.setMaxSimultaneousRequests("prefetch", READ_AT_ONCE);
  })();
  return started;
}

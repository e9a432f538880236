/* A series as a stack: its headers (DICOM JSON, PS3.18 annex F) and, for each frame, where it lies in the body. */
import { wadors } from "@cornerstonejs/dicom-image-loader";

const value = (header, tag) => header[tag]?.Value?.[0];
const values = (header, tag) => header[tag]?.Value ?? [];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export class Series {
  /* `address`: /dicomweb/.../studies/1.2.3/series/4.5.6; `count`: how many frames the page says that there are. */
  static async load(address, count) {
    const headers = await read(`${address}/metadata`);
    const shown = headers.filter((header) => value(header, "00280010") && value(header, "00280011"));
    const odd = shown.find((header) => !isDrawable(header));
    if (odd) throw new Error(`${value(odd, "00280004")} of ${value(odd, "00280100")} bits is the server's to draw`);
    const frames = shown.flatMap((header) => framesOf(address, header));
    // The page counts what can be drawn; where a file is left out, the places of the stack would not be the page's.
    if (frames.length !== count) throw new Error(`${frames.length} frames of ${count}`);
    return new Series(frames);
  }

  constructor(frames) {
    this.frames = frames;
    this.ids = frames.map((frame) => frame.id);
    this.modality = value(frames[0].header, "00080060") ?? "";
    this.reference = value(frames[0].header, "00200052") ?? "";
  }

  /* The place of the frame nearest to `distance` millimetres along the normal of the stack. */
  nearest(distance) {
    let best = -1;
    for (const [index, frame] of this.frames.entries()) {
      if (frame.distance !== null && (best < 0 || Math.abs(frame.distance - distance) < Math.abs(this.frames[best].distance - distance))) best = index;
    }
    return best;
  }

  find(instance, number) {
    return this.frames.findIndex((frame) => frame.instance === instance && frame.number === number);
  }
}

/* Compressed kinds whose pixels were compared with those of another decoder (tests/journeys/test_viewer_pixels.py). */
const PROVED = /^1\.2\.840\.10008\.1\.2(\.[12]|\.5|\.4\.(50|51|57|70|80|81|90|91|201|202|203))?$/;

/* What the library draws as the file means it; palettes, single bits, numbers of 32 bits and what nobody could compare are
   drawn by the server. */
function isDrawable(header) {
  const syntax = value(header, "00083002") ?? "";
  if (!PROVED.test(syntax) || (syntax.endsWith(".4.51") && Number(value(header, "00280101")) > 8)) return false;
  const kind = value(header, "00280004") ?? "";
  const bits = Number(value(header, "00280100"));
  const samples = Number(value(header, "00280002") ?? 1);
  if (samples === 1) return kind.startsWith("MONOCHROME") && (bits === 8 || bits === 16);
  return samples === 3 && bits === 8 && (kind === "RGB" || kind.startsWith("YBR_"));
}

/* The headers of a large series are made by the worker after an upload (503 until then): nobody waits for them here, the
   plain viewer shows the pictures meanwhile. */
async function read(address) {
  const answer = await fetch(address, { headers: { Accept: "application/dicom+json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function framesOf(address, header) {
  const instance = value(header, "00080018");
  const number = Number(value(header, "00280008") ?? 1);
  return Array.from({ length: number }, (_, index) => {
    const id = `wadors:${location.origin}${address}/instances/${instance}/frames/${index + 1}`;
    wadors.metaDataManager.add(id, header);
    return { id, header, instance, number: index + 1, ...placed(header, index) };
  });
}

/* Rows, columns and upper left of a frame in the body: of the file, or of the frame in an enhanced one (PS3.3 C.7.6.16). */
function placed(header, index) {
  const own = value(header, "52009230") && values(header, "52009230")[index];
  const shared = value(header, "52009229");
  const inside = (sequence, tag) => [own, shared].map((group) => group?.[sequence]?.Value?.[0]?.[tag]?.Value).find(Boolean);
  const orientation = (inside("00209116", "00200037") ?? values(header, "00200037")).map(Number);
  const position = (inside("00209113", "00200032") ?? values(header, "00200032")).map(Number);
  const spacing = (inside("00289110", "00280030") ?? values(header, "00280030")).map(Number);
  const normal = orientation.length === 6 ? cross(orientation.slice(0, 3), orientation.slice(3)) : null;
  return {
    orientation: orientation.length === 6 ? orientation : null,
    normal,
    distance: normal && position.length === 3 ? dot(position, normal) : null,
    spacing: spacing.length === 2 ? spacing : null,
    atDetector: spacing.length !== 2 && values(header, "00181164").length === 2,
  };
}

/* The four letters at the edges of a frame, upper, right, lower, left: H F, A P, R L (PS3.3 C.7.6.1.1.1); "" is unknown. */
export function edges(frame) {
  if (frame.orientation) {
    const right = letters(frame.orientation.slice(0, 3));
    const down = letters(frame.orientation.slice(3));
    return { up: opposite(down), right, down, left: opposite(right) };
  }
  const [right = "", down = ""] = values(frame.header, "00200020");
  return { up: opposite(down), right, down, left: opposite(right) };
}

function letters(cosines) {
  const names = [["L", "R"], ["P", "A"], ["H", "F"]];
  return cosines
    .map((part, axis) => ({ size: Math.abs(part), letter: names[axis][part > 0 ? 0 : 1] }))
    .filter((one) => one.size > 0.1)
    .sort((one, other) => other.size - one.size)
    .map((one) => one.letter)
    .join("");
}

function opposite(words) {
  const other = { L: "R", R: "L", P: "A", A: "P", H: "F", F: "H" };
  return [...words].map((letter) => other[letter] ?? "").join("");
}

/* The side that the file states for what is shown: L, R, B for both, U for unpaired, "" where it says nothing. */
export function side(frame) {
  return value(frame.header, "00200062") ?? value(frame.header, "00200060") ?? "";
}

export function isLossy(frame) {
  return value(frame.header, "00282110") === "01";
}

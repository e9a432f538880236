/* The viewer of images. It takes the place of the picture that the page was sent with, once it can show the same one;
   where a browser cannot run it, or a series is of a kind that it cannot draw, the plain viewer of stacks does. */
const rooms = [...document.querySelectorAll("[data-viewer]")];

/* The picture of the page is painted before the library starts, which keeps the browser busy for a moment. */
async function painted(element) {
  await element.querySelector("img")?.decode().catch(() => {});
  if (document.visibilityState === "visible") await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

async function open(element) {
  try {
    await painted(element);
    const { Room } = await import("./room.js");
    await Room.open(element);
  } catch (fault) {
    console.warn("viewer:", fault);
    element.removeAttribute("data-viewer");
    await import(/* @vite-ignore */ element.dataset.plain);
  }
}

for (const element of rooms) open(element);

/* The viewer of images. It takes the place of the picture that the page was sent with, once it can show the same one;
   where a browser cannot run it, or a series is of a kind that it cannot draw, the plain viewer of stacks does. */
const rooms = [...document.querySelectorAll("[data-viewer]")];

async function open(element) {
  try {
    const { Room } = await import("./room.js");
    await Room.open(element);
  } catch (fault) {
    console.warn("viewer:", fault);
    element.removeAttribute("data-viewer");
    await import(/* @vite-ignore */ element.dataset.plain);
  }
}

for (const element of rooms) open(element);

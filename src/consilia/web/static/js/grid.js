/* A table of links as one stop of the Tab key: the arrow keys move between its cells (ARIA grid pattern).
   data-grid  on the table; without this script every link is a stop of its own. */
for (const table of document.querySelectorAll("[data-grid]")) {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.querySelector("a")));
  const links = rows.flat().filter(Boolean);
  const first = table.querySelector("[aria-current]") ?? table.querySelector("td a") ?? links[0];
  for (const link of links) link.tabIndex = link === first ? 0 : -1;
  const mirrored = getComputedStyle(table).direction === "rtl" ? -1 : 1;
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -mirrored], ArrowRight: [0, mirrored] };
  const places = new Map();
  rows.forEach((row, down) => row.forEach((link, along) => link && places.set(link, [down, along])));

  const go = (from, link) => {
    if (!link) return;
    from.tabIndex = -1;
    link.tabIndex = 0;
    link.focus();
  };

  table.addEventListener("keydown", (event) => {
    const here = event.target.closest("a");
    if (!here || !places.has(here) || event.ctrlKey || event.metaKey || event.altKey) return;
    const [down, along] = places.get(here);
    const step = steps[event.key];
    if (step) go(here, rows[down + step[0]]?.[along + step[1]]);
    else if (event.key === "Home") go(here, rows[down][0] ?? rows[down][1]);
    else if (event.key === "End") go(here, rows[down].at(-1));
    else return;
    event.preventDefault();
  });
}

/* Copies the text of an element: <button type="button" data-copy="#code" data-say-copied="Copied">. The button is of no use
   without a script, so it may be `hidden` until this file shows it. */
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.querySelector("span") ?? button;
  const words = label.textContent;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText((source?.value ?? source?.textContent ?? "").trim());
    label.textContent = button.dataset.sayCopied ?? words;
    setTimeout(() => { label.textContent = words; }, 2500);
  });
}

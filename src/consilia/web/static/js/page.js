/* What every page gets: the error summary takes the focus, so that it is read first. */
document.querySelector("[data-take-focus]")?.focus();

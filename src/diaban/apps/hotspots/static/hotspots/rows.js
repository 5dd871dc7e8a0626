// j and k go from row to row of a register; Enter opens the row's link by itself, since the link has the focus.
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if ((event.key !== "j" && event.key !== "k") || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing(event.target)) return;
  const links = [...document.querySelectorAll("table[data-rows] tbody th a")];
  if (!links.length) return;
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
  for (const row of document.querySelectorAll("table[data-rows] tr.is-marked")) row.classList.remove("is-marked");
  links[next].closest("tr").classList.add("is-marked");
  links[next].focus();
  event.preventDefault();
});

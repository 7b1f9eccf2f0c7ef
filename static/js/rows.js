// Receive, Count, Order and the like turn their row into a form; without this script they lead to a page.

const WAYS = ".table__ways a, [data-in-row]";

let opened = ""; // the row that was opened last, to which the hand comes back

document.addEventListener("click", (event) => {
  const link = event.target.closest(`[data-rows] :is(${WAYS})`);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const row = link.closest("tr");
  opened = row.id;
  htmx.ajax("GET", link.getAttribute("href"), { source: link, target: row, swap: "outerHTML" });
});

document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement !== document.body) return;
  document.getElementById(opened)?.querySelector(WAYS)?.focus({ preventScroll: true });
});

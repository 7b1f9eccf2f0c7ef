// Receive, Adjust, Count and Edit turn their row into a form; without this script they lead to the product.

let opened = ""; // the row that was opened last, to which the hand comes back

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-rows] .table__ways a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const row = link.closest("tr");
  opened = row.id;
  htmx.ajax("GET", link.getAttribute("href"), { source: link, target: row, swap: "outerHTML" });
});

document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement !== document.body) return;
  document.getElementById(opened)?.querySelector(".table__ways a")?.focus({ preventScroll: true });
});

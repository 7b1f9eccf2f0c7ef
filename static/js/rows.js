// Receive, Adjust and Edit turn their row into a form; without this script they lead to the product.

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-rows] .table__ways a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  htmx.ajax("GET", link.getAttribute("href"), { source: link, target: link.closest("tr"), swap: "outerHTML" });
});

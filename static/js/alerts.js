// The alerts on this page are asked for anew when a colleague does something about one, when one of
// them sells, or when others fall low. They stay in their places, and wait while a form is open in
// them or on its way: its answer needs the row that it came from.

const mark = document.querySelector("[data-live=alerts]");
const rows = document.querySelector("#alerts-rows");
let isOld = false;

function ask() {
  if (!isOld || rows.querySelector(".table__open, button:disabled")) return;
  isOld = false;
  htmx.trigger(rows, "alerts:changed");
}

function grow() {
  if (!rows) return location.reload(); // nothing was there, so nothing is lost
  isOld = true;
  ask();
}

new MutationObserver(grow).observe(mark, { childList: true });
if (rows) {
  rows.addEventListener("badge:changed", grow);
  document.addEventListener("htmx:finally:request", () => setTimeout(ask)); // then nothing is disabled
}

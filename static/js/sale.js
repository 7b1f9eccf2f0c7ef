// Completing the order: the sale waits for what is still on its way, and for nothing that failed.

const counter = document.querySelector("#counter");
const box = document.querySelector("#scan");
const form = () => document.querySelector("#complete");
const button = () => form().querySelector("[type=submit]");
const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: text }));
const isSale = (ctx) => ctx.request.action.endsWith("/counter/sale");

const PRESSED_TWICE = 1_000; // milliseconds
const pending = new Set();
let isWaiting = false;
let sentAt = 0;

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "POST") return;
  pending.add(ctx);
  if (isSale(ctx)) {
    counter.dataset.selling = "";
    sentAt = performance.now();
  } else button().disabled = false; // a first line is on its way
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!pending.delete(ctx)) return;
  if (isSale(ctx)) delete counter.dataset.selling;
  const isTaken = ctx.response && ctx.response.status < 400 && !ctx.hx?.retarget;
  if (!isTaken) {
    button().disabled = !counter.querySelector("[data-line]");
    for (const badge of counter.querySelectorAll("[data-line] .badge")) {
      badge.dispatchEvent(new CustomEvent("badge:changed", { bubbles: true }));
    }
  }
  if (ctx.response && !isTaken && isSale(ctx)) say("Nothing sold: the order says why.");
  else if (ctx.response && !isTaken && isWaiting) say("Nothing sold: the last scan or quantity was not taken.");
  isWaiting &&= isTaken;
  setTimeout(() => {
    if (!isWaiting || pending.size) return;
    isWaiting = false;
    if (!button().disabled) form().requestSubmit();
  });
});

// What keeps the sale from being completed, in words; nothing when nothing does.
function obstacle() {
  const typed = box.value.trim();
  const mistaken = counter.querySelector("[aria-invalid=true]");
  if (typed) box.select();
  if (typed) return `Nothing sold: “${typed}” is not in the order. Enter adds it, Escape clears it.`;
  mistaken?.focus();
  return mistaken && "Nothing sold: a quantity has to be a whole number.";
}

function mayGo() {
  if (counter.dataset.selling !== undefined) {
    if (performance.now() - sentAt > PRESSED_TWICE) say("The sale before is not answered yet.");
    return false;
  }
  counter.dispatchEvent(new CustomEvent("settle"));
  isWaiting = pending.size > 0;
  if (isWaiting) return false;
  const inTheWay = obstacle();
  if (inTheWay) say(inTheWay);
  return !inTheWay;
}

counter.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-waits]") || mayGo()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// What is scanned behind a sale that still waits belongs to somebody else: the sale is not completed with it.
counter.addEventListener("submit", (event) => {
  if (!isWaiting || !event.target.matches("[data-scan]")) return;
  isWaiting = false;
  say("Nothing sold: another scan came before the sale. Look at the order and complete it again.");
}, true);

// The next scan goes into the box, unless the hand is elsewhere.
document.addEventListener("htmx:after:swap", () => {
  const isNowhere = !document.activeElement || document.activeElement === document.body;
  if (isNowhere && matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
});

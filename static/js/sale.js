// Ending the order: a sale or a hold waits for what is still on its way, and for nothing that failed.

const counter = document.querySelector("#counter");
const box = document.querySelector("#scan");
const ends = () => [...counter.querySelectorAll("[data-waits]")]; // the forms that end the order
const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: text }));
const endOf = (ctx) => ends().find((form) => ctx.request.action.endsWith(form.getAttribute("action")));

const PRESSED_TWICE = 1_000; // milliseconds
const pending = new Set();
let waiting = null; // the id of the form that waits, and in which word what it does not do yet
let sentAt = 0;

function allow(isAllowed) {
  for (const form of ends()) form.querySelector("[type=submit]").disabled = !isAllowed;
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "POST") return;
  pending.add(ctx);
  if (endOf(ctx)) {
    counter.dataset.selling = endOf(ctx).dataset.waits;
    sentAt = performance.now();
  } else allow(true); // a first line is on its way
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!pending.delete(ctx)) return;
  const ended = endOf(ctx)?.dataset.waits;
  if (ended) delete counter.dataset.selling;
  const isTaken = ctx.response && ctx.response.status < 400 && !ctx.hx?.retarget;
  if (!isTaken) {
    allow(counter.querySelector("[data-line]"));
    for (const badge of counter.querySelectorAll("[data-line] .badge")) {
      badge.dispatchEvent(new CustomEvent("badge:changed", { bubbles: true }));
    }
  }
  const isSaid = ctx.response?.status >= 500; // what broke says so itself
  if (ctx.response && !isTaken && ended && !isSaid) say(`Nothing ${ended}: the order says why.`);
  else if (ctx.response && !isTaken && waiting) say(`Nothing ${waiting.waits}: the last scan or quantity was not taken.`);
  if (!isTaken) waiting = null;
  setTimeout(() => {
    if (!waiting || pending.size) return;
    const form = document.getElementById(waiting.id);
    waiting = null;
    if (!form.querySelector("[type=submit]").disabled) form.requestSubmit();
  });
});

// What keeps the order from its end, in words; nothing when nothing does.
function obstacle(waits) {
  const typed = box.value.trim();
  const mistaken = counter.querySelector(".order-line__count[aria-invalid=true]");
  if (typed) box.select();
  if (typed) return `Nothing ${waits}: “${typed}” is not in the order. Enter adds it, Escape clears it.`;
  mistaken?.focus();
  return mistaken && `Nothing ${waits}: a quantity has to be a whole number.`;
}

function mayGo({ id, dataset: { waits } }) {
  if (counter.dataset.selling !== undefined) {
    if (performance.now() - sentAt > PRESSED_TWICE) say("The order before is not answered yet.");
    return false;
  }
  counter.dispatchEvent(new CustomEvent("settle"));
  waiting = pending.size > 0 ? { id, waits } : null;
  if (waiting) return false;
  const inTheWay = obstacle(waits);
  if (inTheWay) say(inTheWay);
  return !inTheWay;
}

counter.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-waits]") || mayGo(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// What is scanned behind an end that still waits belongs to somebody else: the order does not end with it.
counter.addEventListener("submit", (event) => {
  if (!waiting || !event.target.matches("[data-scan]")) return;
  say(`Nothing ${waiting.waits}: another scan came before. Look at the order and end it again.`);
  waiting = null;
}, true);

// The next scan goes into the box, unless the hand is elsewhere.
document.addEventListener("htmx:after:swap", () => {
  const isNowhere = !document.activeElement || document.activeElement === document.body;
  if (isNowhere && matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
});

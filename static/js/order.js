// The order on the counter: quantities by step, lines that know what is left, one sale at a time.

const counter = document.querySelector("#counter");
const number = (value) => String(value).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u202f");

function toast(text) {
  const said = document.createElement("p");
  said.className = "toast";
  said.dataset.toast = "";
  said.textContent = text;
  document.querySelector("#toasts").append(said);
}

// − and + change the number at once and are sent together, as one number, when the hand rests.
const stepped = new Map(); // the field, and the timer that will send it
function send(input) {
  clearTimeout(stepped.get(input));
  stepped.delete(input);
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
counter.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (!step) return;
  event.preventDefault();
  const input = step.form.querySelector("input[inputmode]");
  const next = Number(input.value) + Number(step.dataset.step);
  if (!(next >= 0)) return;
  input.value = next;
  for (const other of stepped.keys()) if (other !== input) send(other);
  clearTimeout(stepped.get(input));
  stepped.set(input, setTimeout(send, 250, input));
});

// An answer draws every line anew; a number that was not sent yet is put back into its field.
let unsent = [];
document.addEventListener("htmx:before:swap", () => {
  const isUnsent = (input) => stepped.has(input) || (input === document.activeElement && input.value !== input.defaultValue);
  unsent = [...counter.querySelectorAll(".order-line__count")].filter(isUnsent);
});
document.addEventListener("htmx:after:swap", () => {
  for (const before of unsent) {
    const now = document.getElementById(before.id);
    if (before.isConnected || !now) continue;
    now.value = before.value;
    if (stepped.has(before)) {
      stepped.set(now, setTimeout(send, 250, now));
      clearTimeout(stepped.get(before));
      stepped.delete(before);
    } else {
      restored.add(now);
      now.focus({ preventScroll: true });
    }
  }
  unsent = [];
});
const restored = new WeakSet(); // of these the browser does not know that they were changed
counter.addEventListener("change", ({ target }) => restored.delete(target));
counter.addEventListener("focusout", ({ target }) => restored.has(target) && send(target));

// Enter in a quantity has already sent it, by its change; then the scan box is next.
counter.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-stepper]")) return;
  event.preventDefault();
  document.querySelector("#scan").focus({ preventScroll: true });
});

// A sale waits for the scans and quantities that are still on their way, and for none that failed:
// what it would leave out lies on the counter.
const pending = new Set();
let isWaiting = false;
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "POST") return;
  pending.add(ctx);
  document.querySelector("#complete [type=submit]").disabled = false; // a first line is on its way
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  pending.delete(ctx);
  const isUnderstood = ctx.response && ctx.response.status < 400 && !ctx.hx?.retarget;
  if (isWaiting && !isUnderstood) {
    isWaiting = false;
    toast("Nothing sold: the last scan or quantity was not taken.");
  }
  setTimeout(() => {
    if (!isWaiting || pending.size) return;
    isWaiting = false;
    document.querySelector("#complete")?.requestSubmit();
  });
});
counter.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-waits]") || !(pending.size || stepped.size)) return;
  for (const input of stepped.keys()) send(input);
  event.preventDefault();
  event.stopImmediatePropagation();
  isWaiting = true;
}, true);

// What every screen is told, told of this cart: how many a line leaves, and whether it still can be had.
document.addEventListener("badge:changed", ({ target: badge }) => {
  const line = badge.closest("[data-line]");
  if (!line) return;
  const available = Number(badge.dataset.available);
  const left = available - Number(line.dataset.quantity);
  const trouble = line.querySelector("[data-trouble]");
  const wasEnough = trouble.hidden;
  line.querySelector("[data-left]").textContent = number(left);
  line.querySelector("[data-enough]").hidden = left < 0;
  for (const free of line.querySelectorAll("[data-free]")) free.textContent = number(available);
  const take = line.querySelector("[data-take]");
  take.value = available;
  take.hidden = available === 0;
  trouble.hidden = left >= 0;
  line.classList.toggle("order-line--warned", left < 0 && !line.matches(".order-line--refused"));
  if (left >= 0) line.classList.remove("order-line--refused");
  if (wasEnough && left < 0) {
    const name = line.querySelector(".order-line__name").textContent;
    toast(`${name}: ${trouble.querySelector("span").textContent.trim()}`);
  }
});

// The order on the counter: quantities by step, lines that know what is left, one sale at a time.

const counter = document.querySelector("#counter");
const number = (value) => String(value).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u202f");

// − and + change the number at once and are sent together, as one number, when the hand rests.
let resting = 0;
counter.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (!step) return;
  event.preventDefault();
  const input = step.form.querySelector("input[inputmode]");
  const next = Number(input.value) + Number(step.dataset.step);
  if (!(next >= 0)) return;
  input.value = next;
  clearTimeout(resting);
  resting = setTimeout(() => input.dispatchEvent(new Event("change", { bubbles: true })), 250);
});

// Enter in a quantity has already sent it, by its change; then the scan box is next.
counter.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-stepper]")) return;
  event.preventDefault();
  document.querySelector("#scan").focus({ preventScroll: true });
});

// A sale waits for the scans and quantities that are still on their way.
const pending = new Set();
let isWaiting = false;
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "POST") return;
  pending.add(ctx);
  document.querySelector("#complete [type=submit]").disabled = false; // a first line is on its way
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  pending.delete(ctx);
  setTimeout(() => {
    if (!isWaiting || pending.size) return;
    isWaiting = false;
    document.querySelector("#complete")?.requestSubmit();
  });
});
counter.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-waits]") || !pending.size) return;
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
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.dataset.toast = "";
    const name = line.querySelector(".order-line__name").textContent;
    toast.textContent = `${name}: ${trouble.querySelector("span").textContent.trim()}`;
    document.querySelector("#toasts").append(toast);
  }
});

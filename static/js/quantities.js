// The numbers in the order: changed by step or by hand, sent when the hand rests, lost to no answer.

const counter = document.querySelector("#counter");
const isQuantity = (element) => element.matches(".order-line__count");

// − and + change the number at once and are sent together, as one number.
const REST = 250; // milliseconds
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
  const input = step.form.querySelector(".order-line__count");
  const next = Number(input.value) + Number(step.dataset.step);
  if (!(next >= 0)) return;
  input.value = next;
  for (const other of stepped.keys()) if (other !== input) send(other);
  clearTimeout(stepped.get(input));
  stepped.set(input, setTimeout(send, REST, input));
});

// Before a sale: whatever was not sent yet, or was sent and not answered, is sent.
let sent = new WeakMap(); // the field, and the number that is on its way
counter.addEventListener("change", ({ target }) => sent.set(target, target.value));
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!ctx.response || ctx.response.status >= 400) sent = new WeakMap();
});
counter.addEventListener("settle", () => {
  for (const input of counter.querySelectorAll(".order-line__count")) {
    const isChanged = input.value !== input.defaultValue && sent.get(input) !== input.value;
    if (stepped.has(input) || isChanged) send(input);
  }
});

// An answer draws every line anew; a number that was not sent yet is put back into its field.
const restored = new WeakSet(); // of these the browser does not know that they were changed
const isMistaken = (input) => input.matches("[aria-invalid=true]");
let unsent = [];
document.addEventListener("htmx:before:swap", () => {
  const isTyped = (input) => input === document.activeElement && input.value !== input.defaultValue;
  const isUnsent = (input) => stepped.has(input) || isTyped(input) || isMistaken(input);
  const shown = [...counter.querySelectorAll(".order-line__count")].filter(isUnsent);
  unsent = [...unsent.filter((input) => !input.isConnected), ...shown]; // two swaps may overlap
});
document.addEventListener("htmx:after:swap", () => {
  for (const before of unsent) {
    const now = document.getElementById(before.id);
    if (before.isConnected || !now || isMistaken(now)) continue;
    now.value = before.value;
    if (stepped.has(before)) {
      stepped.set(now, setTimeout(send, REST, now));
      clearTimeout(stepped.get(before));
      stepped.delete(before);
    } else if (!isMistaken(before)) {
      restored.add(now);
      now.focus({ preventScroll: true });
    }
  }
  unsent = unsent.filter((input) => input.isConnected);
});
counter.addEventListener("change", ({ target }) => restored.delete(target));
counter.addEventListener("focusout", ({ target }) => restored.has(target) && send(target));

// What is typed replaces the number and is never added to it.
let entered = null;
counter.addEventListener("focusin", ({ target }) => {
  if (!isQuantity(target) || restored.has(target)) return;
  entered = target;
  target.select();
});
counter.addEventListener("mouseup", (event) => {
  if (event.target === entered) event.preventDefault(); // or the click that chose it would unselect it
  entered = null;
});

// Enter in a quantity has already sent it, by its change; then the scan box is next.
counter.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-stepper]")) return;
  event.preventDefault();
  document.querySelector("#scan").focus({ preventScroll: true });
});

// What the shelf will have once the form is saved, told while it is typed and while others sell.

const number = (value) => String(value).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u202f");
const read = (text) => Number(text.replace(/[\s\u202f]/g, "").replace("−", "-"));

function tell(form) {
  const said = form.querySelector("[data-becomes]");
  if (!said) return;
  const typed = form.querySelector("[name=change], [name=quantity], [name=counted]").value;
  const change = read(typed) - Number(form.dataset.expected ?? 0); // what was counted changes by its variance
  const after = read(said.querySelector("[data-on-hand]").textContent) + change;
  said.hidden = !(typed.trim() && Number.isInteger(after) && after >= 0);
  said.querySelector("[data-becomes-what]").textContent = number(after);
  const variance = said.querySelector("[data-variance]");
  if (variance) variance.textContent = (change > 0 ? "+" : "") + number(change);
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest("[data-becomes-of]");
  if (form) tell(form);
});
document.addEventListener("changes", () => document.querySelectorAll("[data-becomes-of]").forEach(tell));

// What the shelf will have once the form is saved, told while it is typed.

const number = (value) => String(value).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u202f");

document.addEventListener("input", ({ target }) => {
  const form = target.closest("[data-on-hand]");
  if (!form || !["change", "quantity"].includes(target.name)) return;
  const change = Number(target.value.replace(/[\s\u202f]/g, "").replace("−", "-"));
  const after = Number(form.dataset.onHand) + change;
  const said = form.querySelector("[data-becomes]");
  said.hidden = !(target.value.trim() && Number.isInteger(after) && after >= 0);
  said.querySelector("[data-becomes-what]").textContent = number(after);
});

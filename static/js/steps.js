// − and + beside a field change its number by one. Without scripts they are not shown.

document.addEventListener("click", ({ target }) => {
  const step = target.closest(".field__steps [data-step]");
  if (!step) return;
  const field = step.parentElement.querySelector("input");
  const number = Number(field.value.replace(/\s/g, "").replace("−", "-"));
  if (!Number.isInteger(number)) return;
  field.value = String(number + Number(step.dataset.step)).replace("-", "−");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// What every screen is told, told of this cart: how many a line leaves, and whether it can still be had.

const counter = document.querySelector("#counter");
const number = (value) => String(value).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, "\u202f");

document.addEventListener("badge:changed", ({ target: badge }) => {
  const line = badge.closest("[data-line]");
  if (!line || counter.dataset.selling !== undefined) return; // it may be this very sale that took them
  const available = Number(badge.dataset.available);
  const missing = Number(line.dataset.quantity) - available;
  const left = Number(line.dataset.had) - missing; // what it has reserved or found is not among the available
  const trouble = line.querySelector("[data-trouble]");
  const wasEnough = trouble.hidden;
  line.querySelector("[data-left]").textContent = number(left);
  line.querySelector("[data-enough]").hidden = left < 0;
  const leftNow = available ? `Only ${number(available)} left now.` : "None left now.";
  for (const said of line.querySelectorAll("[data-left-now]")) said.textContent = leftNow;
  for (const said of line.querySelectorAll("[data-free]")) said.textContent = available ? number(available) : "none";
  const take = line.querySelector("[data-take]");
  take.value = available;
  take.hidden = available === 0;
  line.querySelector("[data-missing]").value = Math.max(missing, 1);
  take.querySelector("[data-take-count]").textContent = number(available);
  trouble.hidden = left >= 0;
  line.classList.toggle("order-line--warned", left < 0 && !line.matches(".order-line--refused"));
  if (left >= 0) line.classList.remove("order-line--refused");
  if (!wasEnough || left >= 0) return;
  const name = line.querySelector(".order-line__name").textContent;
  document.dispatchEvent(new CustomEvent("toast", { detail: `${name}: ${leftNow} The order asks for ${line.dataset.quantity}.` }));
});

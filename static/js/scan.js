// The scan box: always free for the next scan. Arrows choose among the hits, Enter adds.

const form = document.querySelector("[data-scan]");
const box = form.elements.search;
const hits = document.querySelector("#hits");
let searched = box.value; // what the hits belong to

const options = () => [...hits.querySelectorAll("[role=option]")];
const chosen = () => hits.querySelector("[aria-selected=true]");

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", other === option);
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-expanded", options().length > 0);
  option?.scrollIntoView({ block: "nearest" });
}

function freshKey() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

function clear() {
  // A search that is still on its way comes too late; a scan does not, so the form must not hear this.
  box.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: false }));
  box.value = "";
  searched = "";
  hits.replaceChildren();
  choose(null);
}

box.addEventListener("keydown", (event) => {
  const all = options();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    if (all.length) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const isCurrent = box.value.trim() && box.value === searched;
    if (box.value.trim()) form.requestSubmit(isCurrent ? chosen() : undefined);
  } else if (event.key === "Escape") {
    clear();
  }
});

box.addEventListener("input", () => box.value || clear()); // hits of nothing are none, at once

// The request carries what was typed; the box is free for the next scan before the answer comes.
form.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (event.target !== form || request.method !== "POST") return;
  event.detail.ctx.typed = box.value;
  form.elements.key.value = freshKey(); // the next scan is another one, even of the same code
  clear();
});

box.addEventListener("htmx:after:swap", () => {
  searched = box.value;
  choose(chosen());
});

// Nothing typed is lost: what was not understood comes back, unless something new stands there.
form.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (event.target !== form || ctx.typed === undefined) return;
  const isBack = !ctx.response || ctx.response.status >= 400 || ctx.hx?.retarget;
  if (isBack && !box.value) {
    box.value = ctx.typed;
    searched = ctx.typed;
    box.select();
    choose(chosen());
  }
});

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

// Some scanners end with Tab. No hand types three signs as fast as they do.
const FASTEST_HAND = 50; // milliseconds from one sign to the next
let began = 0;
const isScanned = () => box.value.length > 2 && performance.now() - began < box.value.length * FASTEST_HAND;
box.addEventListener("input", () => {
  if (box.value.length === 1) began = performance.now();
  if (!box.value) clear(); // hits of nothing are none, at once
});

// A code that was not understood must not go unseen when the next scan takes its place in the box.
let refused = "";
const miss = (code) => document.dispatchEvent(new CustomEvent("missed", { detail: code }));

box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const all = options();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    if (all.length) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  } else if ((event.key === "Enter" && !event.ctrlKey) || (event.key === "Tab" && isScanned())) {
    event.preventDefault();
    const isCurrent = box.value.trim() && box.value === searched;
    if (box.value.trim()) form.requestSubmit(isCurrent ? chosen() : undefined);
  } else if (event.key === "Escape") {
    clear();
  }
});

// The request carries what was typed; the box is free for the next scan before the answer comes.
form.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (event.target !== form || request.method !== "POST") return;
  event.detail.ctx.typed = box.value;
  event.detail.ctx.key = form.elements.key.value;
  if (refused !== box.value) miss(refused);
  refused = "";
  form.elements.key.value = freshKey(); // the next scan is another one, even of the same code
  clear();
});

// A search that waited until the box was empty again would wipe away what the scan was answered.
box.addEventListener("htmx:config:request", (event) => {
  if (event.target === box && !box.value.trim()) event.preventDefault();
  event.detail.ctx.searched = box.value;
});

box.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  searched = ctx.searched;
  choose(chosen());
});

// Nothing typed is lost: what was not understood comes back, unless something new stands there.
form.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (event.target !== form || ctx.typed === undefined) return;
  const isBack = !ctx.response || ctx.response.status >= 400 || ctx.hx?.retarget;
  if (isBack && !box.value) {
    box.value = ctx.typed;
    if (!ctx.response) form.elements.key.value = ctx.key; // tried again it is the same one
    refused = ctx.typed;
    searched = ctx.typed;
    box.select();
    choose(chosen());
  } else if (isBack) {
    miss(ctx.typed);
  }
});

// A page that begins with hits, as of substitutes: Enter adds, and the next scan takes their place.
if (box.value) {
  box.select();
  choose(chosen());
}

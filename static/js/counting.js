// Counting beside others: what is typed into a line is kept while the list is drawn anew, and sent
// when the hand leaves it.

const counting = document.querySelector("#counting");
const hasKeys = matchMedia("(pointer: fine)").matches;
const isField = (element) => element?.matches?.("#lines input:not([type=hidden])");

const sent = new WeakMap(); // the field, and what is on its way
const isTyped = (field) => field.value !== field.defaultValue && sent.get(field) !== field.value;

counting.addEventListener("focusin", ({ target }) => isField(target) && target.select());

let isDrawing = false;
counting.addEventListener("focusout", ({ target }) => {
  if (!isDrawing && isField(target) && isTyped(target)) target.form.requestSubmit();
});

// Enter sends it, and the scan box is next.
counting.addEventListener("submit", ({ target }) => {
  const field = [...target.elements].find(isField);
  if (!field) return;
  sent.set(field, field.value);
  if (field !== document.activeElement) return;
  const box = document.querySelector("#scan");
  if (box && hasKeys) box.focus({ preventScroll: true });
  else field.blur();
}, true);
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const field = ctx.response ? null : [...(ctx.sourceElement.elements ?? [])].find(isField);
  if (field) sent.delete(field); // not answered: it still has to be sent
});

// Whoever types goes on typing, against the number that stood there when the typing began.
let kept = null;
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  const isMistaken = document.querySelector("#lines [aria-invalid=true]");
  if (ctx.sourceElement?.id === "lines" && isMistaken) return event.preventDefault(); // it is read first
  isDrawing = true;
  const field = document.activeElement;
  if (!isField(field) || !isTyped(field) || field.form === ctx.sourceElement) return;
  kept = { id: field.id, value: field.value, seen: field.form.elements.seen?.value };
});
document.addEventListener("htmx:after:swap", () => {
  isDrawing = false;
  const field = kept && document.getElementById(kept.id);
  if (field) {
    field.value = kept.value;
    if (field.form.elements.seen) field.form.elements.seen.value = kept.seen;
    field.focus({ preventScroll: true });
    field.setSelectionRange(kept.value.length, kept.value.length);
  }
  kept = null;
  const isNowhere = !document.activeElement || document.activeElement === document.body;
  if (isNowhere && hasKeys) document.querySelector("#scan")?.focus({ preventScroll: true });
});

// The number pad of a shared till: its keys type into the PIN, and so does any digit that is typed.

for (const pad of document.querySelectorAll("[data-pad]")) {
  const pin = document.getElementById(pad.dataset.pad);
  const names = pin.form.elements.clerk;
  const isFine = matchMedia("(pointer: fine)").matches; // on touch the pad is the keyboard

  const add = (digit) => {
    if (pin.value.length < pin.maxLength) pin.value += digit;
  };
  for (const key of pad.querySelectorAll("[hidden]")) {
    key.hidden = false;
    key.addEventListener("click", () => {
      if (key.matches("[data-clear]")) pin.value = "";
      else add(key.textContent);
    });
  }
  pin.form.addEventListener("change", (event) => {
    if (event.target.name !== "clerk") return;
    pin.value = "";
    if (isFine) pin.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target === pin || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) add(event.key);
    else if (event.key === "Backspace") pin.value = pin.value.slice(0, -1);
  });
  const chosen = [...pin.form.querySelectorAll("[name=clerk]")].find((name) => name.checked);
  if (isFine) (chosen ? pin : names[0] ?? names).focus();
}

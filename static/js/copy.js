// A text to be taken elsewhere: its button copies it where the browser allows, else it marks it.

for (const place of document.querySelectorAll("[data-copy]")) {
  const text = place.querySelector("input");
  const button = place.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C"; // plain HTTP: the clipboard is for secure pages
    }
  });
}

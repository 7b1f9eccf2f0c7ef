// The rows of a table, to be put into a mail or a spreadsheet, with the numbers that are typed in them.

const FORMULA = /^[=+\-@\t\r]/; // what a spreadsheet would compute

function cells(row) {
  return [...row.cells].map((cell) => {
    const text = (cell.querySelector("input")?.value ?? cell.textContent).trim();
    return FORMULA.test(text) ? `'${text}` : text;
  });
}

// Browsers keep the clipboard from pages of a plain HTTP address; there the text is marked and copied.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const rows = document.querySelectorAll(`${button.dataset.copies} [data-copied]`);
    await copy([...rows].map((row) => cells(row).join("\t")).join("\n"));
    document.dispatchEvent(new CustomEvent("toast", { detail: `${rows.length} copied.` }));
  });
}

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

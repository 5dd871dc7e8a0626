// Days are written dd/mm/yyyy here, whatever language the browser speaks: an English browser would show 11/12/2026 for
// 12 November and nobody would see it. The date input stays (it is sent, and it opens the calendar); a text stands before it.

const pad = (number) => String(number).padStart(2, "0");
const shown = (iso) => (iso ? `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}` : "");

function read(text) {
  const plain = text.trim();
  const iso = plain.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  const parts = iso
    ? [iso[3], iso[2], iso[1]]
    : (plain.match(/^(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4}|\d{2})$/) ?? plain.match(/^(\d{2})(\d{2})(\d{4})$/))?.slice(1);
  if (!parts) return null;
  const [day, month, year] = [+parts[0], +parts[1], +(parts[2].length === 2 ? `20${parts[2]}` : parts[2])];
  const moment = new Date(Date.UTC(year, month - 1, day));
  if (moment.getUTCMonth() !== month - 1 || moment.getUTCDate() !== day) return null;
  return `${year}-${pad(month)}-${pad(day)}`;
}

function dress(input) {
  if (input.closest(".day") || input.disabled || input.readOnly) return;
  const frame = document.createElement("span");
  frame.className = "day";
  const text = document.createElement("input");
  text.type = "text";
  text.inputMode = "numeric";
  text.placeholder = "dd/mm/yyyy";
  text.autocomplete = "off";
  text.required = input.required;
  text.value = shown(input.value);
  for (const name of ["id", "aria-describedby", "aria-invalid", "aria-label", "aria-labelledby", "autofocus"]) {
    if (input.hasAttribute(name)) text.setAttribute(name, input.getAttribute(name));
  }
  input.removeAttribute("id");
  input.required = false;
  input.tabIndex = -1;
  input.setAttribute("aria-hidden", "true");
  input.replaceWith(frame);
  frame.append(text, input);
  const lang = document.documentElement.lang;
  const wrong = lang === "en" ? "Write the day as dd/mm/yyyy" : "Ngày viết theo dạng dd/mm/yyyy";
  text.addEventListener("change", () => {
    const iso = read(text.value);
    text.setCustomValidity(text.value.trim() && !iso ? wrong : "");
    input.value = iso ?? "";
    if (iso) {
      text.value = shown(iso);
      text.setCustomValidity(input.validationMessage);
    }
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  text.addEventListener("input", () => text.setCustomValidity(""));
  input.addEventListener("input", () => {
    text.value = shown(input.value);
    text.setCustomValidity("");
  });
}

const dressAll = (root) => root.querySelectorAll("input[type=date]").forEach(dress);
dressAll(document);
document.addEventListener("refreshed", (event) => dressAll(event.detail));
document.addEventListener("htmx:after:swap", (event) => dressAll(event.target));

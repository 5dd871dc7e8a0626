// Small helps for every page. Each page works without this file.

const composing = new WeakSet();

// A Vietnamese input method composes letters (Telex: "aa" → "â"). While it does, Enter only ends the word.
document.addEventListener("compositionstart", (event) => composing.add(event.target));
document.addEventListener("compositionend", (event) => {
  composing.delete(event.target);
  event.target.dispatchEvent(new Event("composed", { bubbles: true }));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
}, true);

const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = event.target.closest("details[data-popover][open]") ?? document.querySelector("details[data-popover][open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    return;
  }
  if (event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey && !typing(event.target)) {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});

// The list of keys: `?`, or its button in the bar.
const keys = document.getElementById("phim-tat");
const keysButton = document.querySelector("[data-keys]");
if (keys && keysButton) {
  keysButton.hidden = false;
  keysButton.addEventListener("click", () => keys.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || keys.open) return;
    event.preventDefault();
    keys.showModal();
  });
}

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-popover][open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  const button = event.target.closest("[data-print]");
  if (button) window.print();
});

// A list's filter form replaces only its results: <form method="get" data-live="#ket-qua">.
// The server sends the whole page; the address bar keeps the query, so that a link or a reload shows the same rows.
let latest = 0;
async function refresh(form) {
  const query = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...query]) if (value === "") query.delete(name, value);
  query.delete("page");
  const address = `${form.getAttribute("action") || location.pathname}?${query}`;
  const turn = ++latest;
  const target = document.querySelector(form.dataset.live);
  target.setAttribute("aria-busy", "true");
  try {
    const reply = await fetch(address, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector(form.dataset.live);
    if (turn !== latest) return;
    if (!reply.ok || reply.redirected || !fresh) {
      location.assign(address);
      return;
    }
    target.replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", address);
    document.dispatchEvent(new CustomEvent("refreshed", { detail: target }));
  } catch {
    location.assign(address);
  } finally {
    if (turn === latest) target.removeAttribute("aria-busy");
  }
}

let pause;
function later(event) {
  const form = event.target.closest("form[data-live]");
  if (!form || composing.has(event.target) || event.isComposing) return;
  clearTimeout(pause);
  pause = setTimeout(() => refresh(form), event.type === "change" ? 0 : 220);
}
for (const kind of ["input", "change", "composed"]) document.addEventListener(kind, later);
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-live]");
  if (form && !event.submitter?.name) {
    event.preventDefault();
    clearTimeout(pause);
    refresh(form);
  }
});

// What comes instead of a fragment. A refusal is said where the fragment would have stood, and what asked every second
// stops: asking again would not help. An error that passes (too many requests, a restart) leaves the fragment as it is.
// Where a session has ended, the answer is the page of sign-in: the whole page goes there.
const FINAL = new Set([401, 403, 404, 410]);
document.addEventListener("htmx:before:response", (event) => {
  const { target, request, response } = event.detail.ctx;
  const reply = response.raw;
  if (reply.redirected && new URL(reply.url).pathname !== new URL(request.action, location.href).pathname) {
    event.preventDefault();
    location.reload();
  } else if (!reply.ok) {
    event.preventDefault();
    if (FINAL.has(reply.status)) refuse(reply, target);
  }
});

async function refuse(reply, target) {
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const box = document.createElement("div");
  box.className = "box box--warn";
  box.setAttribute("role", "alert");
  for (const part of page.querySelectorAll("main h1, main h1 ~ p:not(.actions)")) {
    const line = document.createElement("p");
    line.textContent = part.textContent.trim();
    box.append(line);
  }
  if (box.childElementCount) target.replaceWith(box);
  else location.reload();
}

// One act, one press: a form that is on its way cannot be sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

document.querySelector("[data-focus]")?.focus();

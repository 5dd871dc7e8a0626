// What was typed is not lost when a session ends: before a form of a page that has been open for a while is sent, ask whether
// one is still signed in. If not, the form stays as it is and a notice leads to the door in another tab; back here, the same
// form is sent with a fresh token. Nothing is stored: what was typed may tell of people.

const QUIET = 60_000; // milliseconds after which the session may have changed
const notice = document.querySelector("[data-session-ended]");
let heard = Date.now();
const cleared = new WeakSet();

async function ask() {
  const reply = await fetch(notice.dataset.sessionEnded, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.json();
}

function renew(token) {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

async function check(form, button) {
  let found;
  try {
    found = await ask();
  } catch {
    found = null; // the server does not answer: let the browser say so itself
  }
  if (found && !found.signed_in) {
    notice.hidden = false;
    notice.focus();
    return;
  }
  if (found) renew(found.token);
  notice.hidden = true;
  heard = Date.now();
  cleared.add(form);
  form.requestSubmit(button);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!notice || form.method !== "post" || Date.now() - heard < QUIET || cleared.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  check(form, event.submitter);
}, true);
document.addEventListener("htmx:afterRequest", () => { heard = Date.now(); });

// Security keys and passkeys. A form with data-key="get" or "create" asks its server (data-question) what to ask the key,
// lets the browser ask it, and sends the answer in its field "credential". Without this file those forms stay hidden.

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const listed = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

async function create(question) {
  const asked = question.publicKey;
  const made = await navigator.credentials.create({
    publicKey: { ...asked, challenge: toBytes(asked.challenge), user: { ...asked.user, id: toBytes(asked.user.id) }, excludeCredentials: listed(asked.excludeCredentials) },
  });
  return answer(made, {
    clientDataJSON: toText(made.response.clientDataJSON),
    attestationObject: toText(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function get(question) {
  const asked = question.publicKey;
  const found = await navigator.credentials.get({
    publicKey: { ...asked, challenge: toBytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return answer(found, {
    clientDataJSON: toText(clientDataJSON),
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
}

function answer(credential, response) {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

function say(form, trouble) {
  for (const note of form.querySelectorAll("[data-trouble]")) note.hidden = note.dataset.trouble !== trouble;
}

async function ask(form) {
  say(form, "");
  const reply = await fetch(form.dataset.question, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error" }).catch(() => null);
  if (!reply?.ok) {
    say(form, "ended");
    return;
  }
  try {
    const question = await reply.json();
    form.elements.credential.value = JSON.stringify(await (form.dataset.key === "create" ? create : get)(question));
  } catch {
    say(form, "refused");
    return;
  }
  form.submit();
}

const possible = Boolean(window.PublicKeyCredential && navigator.credentials);
for (const form of document.querySelectorAll("form[data-key]")) {
  form.hidden = !possible;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.key !== "create" || form.elements.name.reportValidity()) ask(form);
  });
}
for (const note of document.querySelectorAll("[data-key-unsupported]")) note.hidden = possible;

"use strict";
// Passkeys (WebAuthn). Offered where the browser has them: it asks for options, the key signs, and the form takes the
// answer along.

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-no-passkeys]")) part.hidden = true;
}

async function optionsFor(form) {
  const headers = { "X-CSRF-Token": form.elements._csrf.value };
  const answer = await fetch(form.dataset.options, { method: "POST", headers });
  if (answer.redirected) {
    location.assign(answer.url);
    return null;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const options = await answer.json();
  options.challenge = decode(options.challenge);
  if (options.user) options.user.id = decode(options.user.id);
  for (const key of [...(options.allowCredentials ?? []), ...(options.excludeCredentials ?? [])]) key.id = decode(key.id);
  return options;
}

function asText({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const sent = parts.filter((part) => response[part]).map((part) => [part, encode(response[part])]);
  return JSON.stringify({ id, rawId: encode(rawId), type, response: Object.fromEntries(sent) });
}

const failures = {
  NotAllowedError: "De passkey is niet gebruikt. Probeer het opnieuw, of kies een andere manier.",
  InvalidStateError: "Deze passkey is hier al ingesteld.",
  429: "Er is te vaak iets geprobeerd. Wacht een paar minuten en probeer het dan opnieuw.",
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.options) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const publicKey = await optionsFor(form);
    if (!publicKey) return;
    form.elements.antwoord.value = asText(await navigator.credentials[form.dataset.passkeys]({ publicKey }));
    form.submit();
  } catch ({ name, message }) {
    tell(failures[name] ?? failures[message] ?? "Dat is niet gelukt. Vernieuw de pagina en probeer het opnieuw.");
    button.disabled = false;
    button.focus();
  }
});

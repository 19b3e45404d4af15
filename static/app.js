"use strict";
// What pages gain where scripts run. Everything works without it; htmx does the fetching.

const find = (selector, root = document) => root.querySelector(selector);
const say = (text) => { find("#status").textContent = text; };

document.documentElement.classList.add("js");

// Toasts

function toast(text, tone = "gezakt") {
  const box = document.createElement("div");
  box.className = `toast ${tone}`;
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  find("#meldingen").append(box);
}

// One with a way back stays until it is closed: nobody must hurry to undo.
function expire(box) {
  if (find("form, a", box)) return;
  const wait = () => setTimeout(() => (box.matches(":hover, :focus-within") ? wait() : box.remove()), 8000);
  wait();
}

for (const box of find("#meldingen").children) expire(box);
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) expire(node);
}).observe(find("#meldingen"), { childList: true });

// The dialog

const dialog = find("#dialoog");
let opener = null;

function openDialog() {
  const title = find("h1, h2", dialog);
  if (title) title.id ||= "dialoog-titel";
  dialog.setAttribute("aria-labelledby", title?.id ?? "");
  if (!dialog.open) dialog.showModal();
}

dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  focusOn(opener?.isConnected ? opener : find("#aantal"));
});

function focusOn(element) {
  element?.focus();
}

// The selection: last action wins, and the form says what the address says

let typing = false;

const filter = find("#filter");
find("#trefwoorden")?.addEventListener("input", () => { typing = true; });

function sendSelection(event) {
  const { request, sourceElement } = event.detail.ctx;
  if (!filter || request.method !== "GET" || event.detail.ctx.target?.id !== "resultaten") return;
  if (filter.contains(sourceElement)) {
    // What was typed has gone along with the link that was followed since.
    if (sourceElement.id === "trefwoorden" && !typing) return event.preventDefault();
    // A year is being typed.
    if ([...filter.querySelectorAll("[type=date]")].some((day) => /^0/.test(day.value))) return event.preventDefault();
    for (const [name, value] of [...request.body]) if (value === "") request.body.delete(name);
  } else if (typing) {
    request.body.set("trefwoorden", find("#trefwoorden").value);
  }
  typing = false;
}

function followAddress() {
  const query = new URLSearchParams(location.search);
  for (const control of filter?.elements ?? []) {
    if (filter.contains(control) && control.name && control !== document.activeElement) {
      control.value = query.get(control.name) ?? "";
    }
  }
  for (const stale of filter?.querySelectorAll(".problem, .error") ?? []) stale.remove();
  for (const control of filter?.querySelectorAll("[aria-invalid]") ?? []) control.removeAttribute("aria-invalid");
}

// Requests

document.addEventListener("htmx:config:request", sendSelection);

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  ctx.started = document.activeElement;
  ctx.target?.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  ctx.target?.removeAttribute("aria-busy");
  if (/^error/.test(ctx.status) && !/AbortError/.test(ctx.status)) {
    toast("Er is geen verbinding met het portaal. Controleer uw internetverbinding en probeer het opnieuw.");
  }
});

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status === 429) toast("U doet te veel verzoeken. Wacht even en probeer het opnieuw.");
  else if (status === 403) toast("Dit mag niet, of uw formulier is verlopen. Vernieuw de pagina en probeer het opnieuw.");
  else if (status >= 500) toast("Er is een probleem met het portaal. Probeer het later opnieuw. Er is niets verloren gegaan.");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target === dialog) return dialog.childElementCount ? openDialog() : dialog.close();
  if (dialog.open && ctx.response.status < 400) return dialog.close();
  if (ctx.target?.id !== "resultaten") return;
  if (ctx.response.status < 400) followAddress();
  const typed = ctx.started?.isConnected && ctx.started.matches("input, select");
  if (!typed) focusOn(find("#aantal"));
});

// Steps of one row, in words

function showSteps(row, from) {
  const popover = find("#stappen");
  const button = find("[data-steps]", row);
  const title = Object.assign(document.createElement("h3"), { id: "stappen-titel", tabIndex: -1 });
  title.textContent = find("th a", row).textContent;
  const close = Object.assign(document.createElement("button"), { type: "button", className: "act" });
  close.setAttribute("aria-label", "Sluit");
  close.setAttribute("popovertarget", "stappen");
  close.textContent = "×";
  const head = document.createElement("header");
  head.append(title, close);
  const list = document.createElement("ul");
  for (const step of row.querySelectorAll("[data-stap]")) {
    const line = document.createElement("li");
    line.dataset.uitslag = step.dataset.uitslag;
    line.append(find("svg", step).cloneNode(true), find("span", step).textContent);
    list.append(line);
  }
  popover.replaceChildren(head, list);
  popover.setAttribute("role", "dialog");
  popover.setAttribute("aria-labelledby", title.id);
  popover.back = button;
  popover.showPopover();
  place(popover, from.getBoundingClientRect());
  title.focus();
}

function place(popover, anchor) {
  const { offsetWidth: width, offsetHeight: height } = popover;
  const room = document.documentElement.clientWidth - width - 16;
  const below = anchor.bottom + 4 + height < innerHeight;
  popover.style.left = `${Math.max(16, Math.min(anchor.left + anchor.width / 2 - width / 2, room))}px`;
  popover.style.top = `${Math.max(16, below ? anchor.bottom + 4 : anchor.top - height - 4)}px`;
}

// Clicks and keys

const actions = {
  "data-dismiss": (button) => button.closest(".toast").remove(),
  "data-close": (button, event) => { event.preventDefault(); button.closest("dialog").close(); },
  "data-copy": async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      say("Gekopieerd");
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 2000);
    } catch {
      toast("Kopiëren is niet gelukt. Selecteer de tekst en kopieer die zelf.");
    }
  },
  "data-reveal": (button) => {
    const input = document.getElementById(button.dataset.reveal);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  },
  "data-steps": (button) => showSteps(button.closest("tr"), button),
  "data-stap": (step) => step.closest("tr") && showSteps(step.closest("tr"), step),
};

document.addEventListener("click", (event) => {
  for (const [name, act] of Object.entries(actions)) {
    const element = event.target.closest(`[${name}]`);
    if (element) return act(element, event);
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (event.target === dialog) dialog.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.body.classList.add("tips-off");
  const menu = find(".menu[open]");
  if (menu) {
    menu.open = false;
    find("summary", menu).focus();
  }
});

document.addEventListener("pointerover", ({ target }) => {
  if (target.closest("[data-stap]")) document.body.classList.remove("tips-off");
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("dialog") || !target.closest("[data-hx-get]")) return;
  opener = target.closest("[data-hx-get]");
}, true);

opener = null;
find("#stappen")?.addEventListener("toggle", ({ newState, target }) => {
  if (newState === "closed" && (document.activeElement === document.body || target.contains(document.activeElement))) target.back?.focus();
});

"use strict";
// What pages gain where scripts run. All of it works without; htmx does the fetching.

const find = (selector, root = document) => root.querySelector(selector);
const filter = find("#filter");
const dialog = find("#dialoog");
const messages = find("#meldingen");
const popover = find("#stappen");

document.documentElement.classList.add("js");

// Messages. One with a way back stays until it is closed: nobody has to hurry to undo.

function tell(text) {
  if (dialog.open) dialog.close();
  if (messages.lastElementChild?.textContent.trim() === text) return;
  const box = Object.assign(document.createElement("div"), { className: "toast gezakt" });
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  messages.append(box);
}

function expire(box) {
  const leave = () => (box.matches(":hover, :focus-within") ? expire(box) : box.remove());
  if (!find("form, a", box)) setTimeout(leave, 8000);
}

function tidyMessages() {
  while (messages.childElementCount > 3) messages.firstElementChild.remove();
  for (const box of messages.querySelectorAll(".toast:not([data-seen])")) {
    box.dataset.seen = "";
    expire(box);
  }
}

new MutationObserver(tidyMessages).observe(messages, { childList: true });
tidyMessages();

// The dialog. After it, focus is where it was, or on the count when that is gone.

let opener = null;

function openDialog() {
  const title = find("h1, h2", dialog);
  title.id ||= "dialoog-titel";
  dialog.setAttribute("aria-labelledby", title.id);
  if (!dialog.open) dialog.showModal();
}

dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  (opener?.isConnected ? opener : find("#aantal"))?.focus();
});
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog) dialog.close();
});

// The selection. The last action wins, with what was typed before it; the form shows what the address says.

const keywords = find("#veld-trefwoorden");
let sent = keywords?.value;

function sendSelection(event) {
  const { request, sourceElement, sourceEvent, target } = event.detail.ctx;
  if (!filter || request.method !== "GET" || target?.id !== "resultaten") return;
  if (!filter.contains(sourceElement)) {
    takeAlong(request);
  } else if (isLate(sourceElement) || isHalfADate(sourceEvent)) {
    event.preventDefault();
    return;
  } else {
    for (const [name, value] of [...request.body]) if (value === "") request.body.delete(name);
  }
  const asked = new URL(request.action, location.href).searchParams;
  sent = request.body.get("trefwoorden") ?? asked.get("trefwoorden") ?? "";
}

function takeAlong(request) {
  const shown = new URLSearchParams(location.search).get("trefwoorden") ?? "";
  if (keywords.value === shown) return;
  const url = new URL(request.action, location.href);
  if (keywords.value) url.searchParams.set("trefwoorden", keywords.value);
  else url.searchParams.delete("trefwoorden");
  request.action = url.pathname + url.search;
}

// What was typed has gone along with another action since.
const isLate = (source) => source === keywords && keywords.value === sent;
// A year grows digit by digit, and each is a change.
const isHalfADate = ({ type, target }) => type === "change" && target.type === "date" && target.value.startsWith("0");

function followAddress() {
  const query = new URLSearchParams(location.search);
  for (const control of filter?.querySelectorAll("[name]") ?? []) {
    if (control === document.activeElement) continue;
    control.value = query.get(control.name) ?? "";
    control.removeAttribute("aria-invalid");
  }
  for (const stale of filter?.querySelectorAll(".problem, .error") ?? []) stale.remove();
}

// Requests. A link marked data-live is fetched from its own address, which stands in the page once.

document.addEventListener("htmx:before:process", ({ target }) => {
  for (const link of target.querySelectorAll("a[data-live]")) link.dataset.hxGet = link.getAttribute("href");
});

document.addEventListener("htmx:config:request", sendSelection);

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  ctx.from = ctx.sourceElement;
  ctx.focused = document.activeElement;
  ctx.target?.setAttribute("aria-busy", "true");
  if (ctx.target === dialog && !dialog.open) opener = ctx.sourceElement;
});

// Nothing on the page changes then, so neither does the address.
const isRefused = ({ status }) => status > 400 && status !== 422;

document.addEventListener("htmx:before:history:update", (event) => {
  if (isRefused(event.detail.response)) event.preventDefault();
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isRefused(ctx.response)) return;
  nameRoles();
  showChosen();
  if (ctx.target === dialog) {
    if (dialog.childElementCount) openDialog();
  } else if (dialog.contains(ctx.from)) {
    dialog.close();
  } else if (ctx.target?.id === "resultaten") {
    if (ctx.response.status < 400) followAddress();
    ctx.from.closest(".toast")?.remove();
    if (!(ctx.focused.isConnected && ctx.focused.matches("input, select"))) find("#aantal")?.focus();
  }
});

document.addEventListener("htmx:response:error", ({ detail: { ctx: { response: { status } } } }) => {
  if (status === 403) tell("Uw formulier is verlopen, of dit mag niet. Vernieuw de pagina en probeer het opnieuw.");
  if (status === 404) tell("Dit is er niet meer voor u. Vernieuw de pagina.");
  if (status === 429) tell("U doet te veel verzoeken. Wacht even en probeer het opnieuw.");
  if (status >= 500) tell("Er is een probleem met het portaal. Probeer het later opnieuw. Er is niets verloren gegaan.");
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  ctx.target?.removeAttribute("aria-busy");
  const failed = ctx.status.startsWith("error") && !ctx.status.includes("AbortError");
  if (failed || ctx.request.signal.reason === "timeout") {
    tell("Er is geen verbinding met het portaal. Controleer uw internetverbinding en probeer het opnieuw.");
  }
});

// Tables. Where each row is a card, older Safari forgets that it is a table unless told so.

const roles = { table: "table", "thead, tbody": "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };

function nameRoles() {
  for (const [selector, role] of Object.entries(roles)) {
    for (const part of document.querySelectorAll(`:is(${selector}):not([role])`)) part.setAttribute("role", role);
  }
}

nameRoles();

// What is chosen is in sight, also where tabs and tiles scroll sideways.

function showChosen() {
  for (const chosen of document.querySelectorAll(":is(.tabs, .tiles) [aria-current]")) {
    const row = chosen.closest(".tabs, .tiles");
    row.scrollLeft = Math.max(row.scrollLeft, chosen.offsetLeft + chosen.offsetWidth + 16 - row.clientWidth);
  }
}

showChosen();

// All steps of one row, in the row's own words

function showSteps(from) {
  const row = from.closest("tr");
  if (!popover?.showPopover || !row) return;
  const list = document.createElement("ul");
  for (const step of row.querySelectorAll("[data-stap]")) {
    const line = document.createElement("li");
    line.dataset.uitslag = step.dataset.uitslag;
    line.append(find("svg", step).cloneNode(true), find("span", step).textContent);
    list.append(line);
  }
  find("h3", popover).textContent = find("th a", row).textContent;
  find("ul", popover).replaceWith(list);
  opener = find("[data-steps]", row);
  popover.showPopover();
  place(from.getBoundingClientRect());
  find("h3", popover).focus();
}

function place(anchor) {
  const { offsetWidth: width, offsetHeight: height } = popover;
  const middle = anchor.left + anchor.width / 2 - width / 2;
  const below = anchor.bottom + 4;
  const top = below + height < innerHeight ? below : anchor.top - height - 4;
  popover.style.left = `${Math.max(16, Math.min(middle, document.documentElement.clientWidth - width - 16))}px`;
  popover.style.top = `${Math.max(16, top)}px`;
}

popover?.addEventListener("toggle", ({ newState }) => {
  const lost = document.activeElement === document.body || popover.contains(document.activeElement);
  if (newState === "closed" && lost) opener?.focus();
});

// A paycode comes in the part of the address that no server sees, and does not stay there. Where there is no field
// for it, the links to the forms carry it on.

function takeCode() {
  const code = new URLSearchParams(location.hash.slice(1)).get("betaalcode");
  if (!code) return;
  const field = find("#veld-betaalcode");
  if (field) {
    field.value = code;
    history.replaceState(history.state, "", location.pathname + location.search);
  } else {
    for (const link of document.querySelectorAll("main a[href^='/aanmelden/']")) link.hash = location.hash;
  }
}

takeCode();
addEventListener("hashchange", takeCode);

// Clicks and keys

const actions = {
  "[data-steps]": showSteps,
  "[data-stap]": showSteps,
  "[data-dismiss]": (button) => {
    button.closest(".toast").remove();
    (find("#aantal") ?? find("main")).focus();
  },
  "dialog [data-close]": (button, event) => {
    event.preventDefault();
    dialog.close();
  },
  "[data-reveal]": (button) => {
    const input = document.getElementById(button.dataset.reveal);
    input.type = input.type === "text" ? "password" : "text";
    button.setAttribute("aria-pressed", String(input.type === "text"));
  },
  "[data-fill]": (button) => {
    for (const [name, value] of new URLSearchParams(button.dataset.fill)) find(`main [name="${name}"]`).value = value;
    find("main [type=submit]").focus();
  },
  "[data-print]": () => print(),
  "[data-copy]": async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      find("#status").textContent = "Gekopieerd";
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 2000);
    } catch {
      tell("Kopiëren is niet gelukt. Selecteer de tekst en kopieer die zelf.");
    }
  },
};

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) menu.open = menu.contains(event.target);
  for (const [selector, act] of Object.entries(actions)) {
    const element = event.target.closest(selector);
    if (element) return act(element, event);
  }
});

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
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

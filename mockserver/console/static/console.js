// The console without this file works by links and forms. This adds: requests as they come, running
// clocks and countdowns, copying, and signing in where the server has an admin token.
"use strict";

const KEY = "token-mockserver admin token";
const ROWS = 200;

let stream = null;
let started = performance.now();

function adminToken() {
  return sessionStorage.getItem(KEY);
}

function withToken(options = {}) {
  const token = adminToken();
  const headers = { Accept: "text/html", ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  return { ...options, headers, cache: "no-store" };
}

// Pages. Without a token the browser loads them itself; a token travels in a header, which links
// and forms cannot send, so that they are fetched and put in the place of the old ones.

async function load(url, options) {
  let answer;
  try {
    answer = await fetch(url, withToken(options));
  } catch {
    say("The server does not answer.");
    return;
  }
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, "text/html");
  if (answer.status === 401) {
    sessionStorage.removeItem(KEY);
  }
  const isPost = (options || {}).method === "POST";
  show(page, isPost && !answer.redirected ? null : answer.url);
  return answer;
}

function show(page, url) {
  const focused = document.activeElement && document.activeElement.getAttribute("aria-label");
  document.title = page.title;
  const body = document.importNode(page.body, true);
  document.body.replaceWith(body);
  if (url && url !== location.href) history.pushState(null, "", url);
  begin();
  const again = focused && document.querySelector(`[aria-label="${CSS.escape(focused)}"]`);
  const main = document.getElementById("main");
  (again || main).focus({ preventScroll: Boolean(again) });
}

function isPlain(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    copy(button);
    return;
  }
  const link = event.target.closest("a[href]");
  if (!link || !isPlain(event) || !adminToken() || link.origin !== location.origin) return;
  if (link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  if (link.pathname.endsWith(".json")) {
    openDocument(link.href);
  } else {
    load(link.href);
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "sign-in") {
    event.preventDefault();
    signIn(form);
    return;
  }
  if (!adminToken() && form.method !== "post") return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  if (form.method === "get") {
    load(`${form.action.split("?")[0]}?${fields}`);
  } else {
    load(form.action, { method: "POST", body: fields });
  }
});

document.addEventListener("change", (event) => {
  if (event.target.id === "namespace") {
    const url = new URL(event.target.value, location.href).href;
    if (adminToken()) load(url);
    else location.assign(url);
  }
});

window.addEventListener("popstate", () => {
  if (adminToken()) load(location.href);
  else location.reload();
});

async function openDocument(url) {
  const answer = await fetch(url, withToken({ headers: { Accept: "application/json" } }));
  const file = new Blob([await answer.text()], { type: "application/json" });
  window.open(URL.createObjectURL(file));
}

async function signIn(form) {
  sessionStorage.setItem(KEY, form.querySelector("#admin-token").value.trim());
  const answer = await load(location.href);
  if (answer && answer.status === 401) {
    document.getElementById("wrong").hidden = false;
    document.getElementById("admin-token").focus();
  }
}

// Copying

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Outside of localhost and https a page has no clipboard of the newer kind.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  say("Copied");
}

let quiet;

function say(text) {
  const toast = document.getElementById("toast");
  if (!toast) return;
  toast.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => { toast.textContent = ""; }, 2000);
}

// Time, by the clock of the mock

function mockNow() {
  const clock = document.getElementById("clock");
  const passed = clock.dataset.frozen ? 0 : performance.now() - started;
  return Number(clock.dataset.now) + passed;
}

function tick() {
  if (!document.getElementById("clock")) return;
  const now = mockNow();
  const text = `${new Date(now).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  for (const time of document.querySelectorAll("#clock time, [data-clock]")) {
    if (time.textContent !== text) time.textContent = text;
  }
  for (const left of document.querySelectorAll("[data-expires]")) {
    const seconds = Math.ceil((Date.parse(left.dataset.expires) - now) / 1000);
    left.textContent = seconds > 0 ? `in ${duration(seconds)}` : "expired";
    const state = seconds > 0 ? "active" : "expired"; // "active" again if the clock goes back
    const badge = left.closest("tr").querySelector(".badge");
    if (badge.textContent !== state) {
      badge.textContent = state;
      badge.className = `badge ${state}`;
    }
  }
}

function duration(seconds) {
  const units = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]];
  const parts = [];
  let rest = seconds;
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}

setInterval(tick, 1000);

// Requests as they come, and moves of the clock, which every screen shows. EventSource cannot send
// a header, so that the events are fetched. `table` is null on screens without requests.

async function follow(table) {
  const own = { ended: new AbortController() };
  stream = own;
  let last = table ? table.dataset.newest : "";
  while (stream === own) {
    try {
      const headers = { Accept: "text/event-stream" };
      if (last) headers["Last-Event-ID"] = last;
      const options = withToken({ signal: own.ended.signal });
      options.headers = { ...options.headers, ...headers };
      const url = `${document.body.dataset.base}requests/events`;
      const answer = await fetch(url, options);
      if (!answer.ok) break;
      live(true);
      if (table && !last) refresh(table);
      for await (const event of events(answer.body)) {
        if (stream !== own) return;
        if (event.id) last = event.id;
        if (event.name === "reset") last = "";
        if (table && event.name !== "clock") refresh(table);
        if (event.name !== "message") again();
      }
    } catch {
      if (stream !== own) return;
    }
    live(false);
    await new Promise((wake) => setTimeout(wake, 1000));
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const event = { name: "message", id: "", data: "" };
      for (const line of block.split("\n")) {
        if (line.startsWith("id: ")) event.id = line.slice(4);
        if (line.startsWith("event: ")) event.name = line.slice(7);
        if (line.startsWith("data: ")) event.data += line.slice(6);
      }
      if (event.data) yield event;
    }
  }
}

function live(on) {
  document.body.dataset.live = on ? "yes" : "";
  const mark = document.getElementById("live");
  if (mark) mark.hidden = !on;
}

// However many events come, one fetch at a time brings the rows of all of them.
let fetching = false;
let wanted = false;

async function refresh(table) {
  wanted = true;
  if (fetching) return;
  fetching = true;
  try {
    while (wanted) {
      wanted = false;
      const answer = await fetch(table.dataset.rows, withToken());
      if (answer.ok && table.isConnected) fill(table, await answer.text(), answer.headers);
      await new Promise((wake) => setTimeout(wake, 250));
    }
  } finally {
    fetching = false;
  }
}

function fill(table, text) {
  const rows = new DOMParser().parseFromString(`<table><tbody>${text}</tbody></table>`, "text/html");
  const body = table.tBodies[0];
  const known = new Set([...body.rows].map((row) => row.dataset.id));
  const focused = document.activeElement && body.contains(document.activeElement);
  const fresh = [...rows.querySelectorAll("tr[data-id]")];
  const current = new Set(fresh.map((row) => row.dataset.id));
  const added = fresh.filter((row) => !known.has(row.dataset.id));
  for (const row of [...body.rows]) {
    const keep = current.has(row.dataset.id) || (focused && row.contains(document.activeElement));
    if (!keep) row.remove();
  }
  body.prepend(...added.map((row) => {
    const own = document.importNode(row, true);
    own.classList.add("fresh");
    return own;
  }));
  while (body.rows.length > ROWS) body.rows[body.rows.length - 1].remove();
  table.hidden = !body.rows.length;
  document.getElementById("empty").hidden = Boolean(body.rows.length);
  const total = rows.querySelector("[data-total]");
  if (total) document.getElementById("total").textContent = total.dataset.total;
}

// The clock was moved elsewhere: its time is on every screen, and its buttons are on one.
async function again() {
  const answer = await fetch(location.href, withToken());
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["#clock", ".face", "#stop"]) {
    const own = document.querySelector(part);
    const fresh = page.querySelector(part);
    if (!own || !fresh) continue;
    const focused = own.contains(document.activeElement);
    const shown = document.importNode(fresh, true);
    own.replaceWith(shown);
    if (focused) (shown.matches("a") ? shown : shown.querySelector("button"))?.focus();
  }
  started = performance.now();
  tick();
}

function watch() {
  if (stream) {
    stream.ended.abort();
    stream = null;
  }
  const table = document.getElementById("requests");
  const clock = document.getElementById("clock");
  if (table ? table.dataset.live : clock && !document.hidden) follow(table);
}

// A browser opens six connections to a server: a hidden tab that shows no requests leaves its own.
document.addEventListener("visibilitychange", () => {
  if (document.getElementById("requests") || !document.getElementById("clock")) return;
  watch();
  if (!document.hidden) again();
});

function begin() {
  started = performance.now();
  if (document.body.dataset.signIn && adminToken() && !begin.tried) {
    begin.tried = true;
    load(location.href);
    return;
  }
  tick();
  watch();
}

begin();

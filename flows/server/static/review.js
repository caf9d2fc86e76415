"use strict";
// One field at a time. Two modes: in the first, keys are commands; as soon as something is typed that is none, the
// input has the focus and everything goes into it. A command that turns out to be the beginning of a word ("s" of
// "Smith") goes into the input with what follows.

const $ = (id) => document.getElementById(id);
const wanted = JSON.parse($("desk").dataset.queue);
// Questions that a key opens: what is asked, the reasons to choose from, and what is sent.
const QUESTIONS = {
  skip: {
    text: "Why do you leave it to others? (5: write it)",
    reasons: ["I am not sure", "The scan is bad", "Somebody has to be asked", "The form or the place is wrong"],
    send: (why) => leave("skip", why),
  },
  unreadable: {
    text: "Why can nobody read it? A supervisor decides then. (5: write it)",
    reasons: ["The writing cannot be told", "Written over or crossed out", "The scan is bad", "It is cut off"],
    send: (why) => leave("unreadable", why),
  },
  reject: {
    text: "Why do you reject this cheque? (5: write it)",
    reasons: ["Figures and words differ", "The signature is missing or wrong", "Altered", "Stale or post-dated"],
    send: (why) => send("/api/reject", {field: fields[0].id, why}),
  },
};
const pictures = new Map(); // by address: a promise of {url} or {missing}
const later = [];
let fields = []; // the one that is shown, and those that come next
let chosen = null; // the value that was chosen in place of the reading; null: none
let typed = ""; // command keys that may be the beginning of what somebody types
let asked = null; // "skip", "unreadable" or "reject": a question that is open
let busy = false;
let turns = 0;
let waiting = 0; // as the server counted them
let zoom = 1;
const times = (window.inkfieldTimes = []); // ms from a key to the next field, for tests and the curious

// --- pictures ------------------------------------------------------------------------------------------------------

function picture(address) {
  if (!pictures.has(address)) {
    pictures.set(address, load(address));
    if (pictures.size > 40) {
      const [oldest, made] = pictures.entries().next().value;
      pictures.delete(oldest);
      made.then((found) => found.url && URL.revokeObjectURL(found.url));
    }
  }
  return pictures.get(address);
}

async function load(address) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return {missing: await answer.text()};
    const url = URL.createObjectURL(await answer.blob());
    const decoded = new Image();
    decoded.src = url;
    await decoded.decode();
    return {url};
  } catch {
    return {missing: "The picture could not be loaded."};
  }
}

const cropOf = (field) => `/crops/${field.id}.jpg`;
const pageOf = (field) => `/pages/${field.page}.jpg`;

async function put(address, image, missing, isStill) {
  const found = await picture(address);
  if (!isStill()) return;
  image.hidden = !found.url;
  missing.hidden = Boolean(found.url);
  if (found.url) image.src = found.url;
  else missing.textContent = found.missing;
  if (image.id === "page") showBox();
}

// --- showing a field -----------------------------------------------------------------------------------------------

function show() {
  const field = fields[0];
  chosen = null;
  typed = "";
  close();
  $("desk").classList.toggle("empty", !field);
  $("form").hidden = !field;
  if (!field) {
    nothing();
    return;
  }
  $("label").textContent = field.label;
  $("where").textContent = `${field.form} · ${field.file}, page ${field.number}`;
  $("value").value = field.value;
  $("value").rows = rows(field.value);
  $("value").placeholder = field.value ? "" : "nothing was read";
  $("hint").textContent = field.hint && `Written ${field.hint}`;
  $("reject").hidden = !field.decides;
  $("pieces").replaceChildren(...field.pieces.map(([text, doubt]) => element(doubt ? "mark" : "span", text)));
  $("rivals").replaceChildren(...field.rivals.map(rival));
  const notes = [...field.notes, ...field.answers.map((said) => `${said.who} says ${said.value || "empty"}`)];
  if (field.answered && !field.answers.length) notes.push("Somebody has answered: you are asked independently");
  $("reasons").replaceChildren(...[...field.reasons, ...notes].map((text) => element("li", text)));
  $("others").replaceChildren(...field.others.flatMap(other));
  input(false);
  turn(0);
  const mine = field.id;
  const isStill = () => fields[0]?.id === mine;
  put(cropOf(field), $("crop"), $("crop-missing"), isStill);
  put(pageOf(field), $("page"), $("page-missing"), isStill);
  for (const next of fields.slice(1)) {
    picture(cropOf(next));
    picture(pageOf(next));
  }
}

function nothing() {
  $("label").textContent = later.length ? "Only what you left for later" : "Nothing waits for you here";
  $("where").textContent = "";
  $("waiting").textContent = "";
  for (const id of ["rivals", "reasons", "others", "pieces"]) $(id).replaceChildren();
  for (const id of ["crop", "page", "crop-missing", "page-missing"]) $(id).hidden = true;
  $("boxes").replaceChildren();
  const withOthers = waiting - later.length;
  if (later.length) say("Enter: go through it now.");
  else say(withOthers > 0 ? `With other people just now: ${withOthers}.` : "Well done.");
}

const rows = (text) => Math.min(5, text.split("\n").length);

function element(tag, text, more = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  Object.assign(made, more);
  return made;
}

function rival(found, place) {
  const item = document.createElement("li");
  const button = element("button", "", {type: "button", className: "rival"});
  button.append(element("kbd", String(place + 1)), element("span", found.value));
  if (found.percent !== null) button.append(element("small", `${found.percent} %`));
  button.addEventListener("click", () => choose(place));
  item.append(button);
  return item;
}

function other(found) {
  const value = element("dd", found.value || "–", {className: found.status});
  const term = element("dt", found.label);
  if (found.id === fields[0].id) for (const part of [term, value]) part.classList.add("this");
  return [term, value];
}

function showBox() {
  const field = fields[0];
  const svg = $("boxes");
  svg.replaceChildren();
  if (!field || !field.box || $("page").hidden) return;
  const [width, height] = field.size;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const margin = Math.round(width / 200);
  const [x, y, w, h] = field.box;
  for (const [name, value] of Object.entries({x: x - margin, y: y - margin, width: w + 2 * margin, height: h + 2 * margin}))
    rect.setAttribute(name, value);
  svg.append(rect);
  scrollToBox();
}

function scrollToBox() {
  const field = fields[0];
  if (!field?.box) return;
  const [width, height] = field.size;
  const sheet = $("sheet");
  const paper = $("paper");
  paper.scrollTop = ((field.box[1] + field.box[3] / 2) / height) * sheet.offsetHeight - paper.clientHeight / 2;
  paper.scrollLeft = ((field.box[0] + field.box[2] / 2) / width) * sheet.offsetWidth - paper.clientWidth / 2;
}

function turn(by) {
  turns = (turns + by) % 4;
  for (const id of ["crop", "sheet"]) $(id).dataset.turn = turns;
}

function enlarge(factor) {
  zoom = Math.min(4, Math.max(1, zoom * factor));
  $("sheet").style.width = `${100 * zoom}%`;
  scrollToBox();
}

function say(text, bad = false) {
  $("message").textContent = text;
  $("message").classList.toggle("bad", bad);
  if (bad) $("message").scrollIntoView({block: "nearest"});
}

// --- the two modes -------------------------------------------------------------------------------------------------

function input(on, text) {
  const box = $("value");
  $("desk").classList.toggle("typing", on);
  if (text !== undefined) box.value = text;
  box.rows = rows(box.value);
  if (on) {
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  } else box.blur();
}

const isTyping = () => document.activeElement === $("value");

function choose(place) {
  const found = fields[0]?.rivals[place];
  if (!found) return false;
  chosen = found.value;
  $("value").value = chosen;
  $("pieces").replaceChildren(element("span", chosen));
  for (const [at, item] of [...$("rivals").children].entries()) item.classList.toggle("chosen", at === place);
  return true;
}

function back() {
  const field = fields[0];
  if (!field) return;
  chosen = null;
  $("value").value = field.value;
  $("value").rows = rows(field.value);
  $("pieces").replaceChildren(...field.pieces.map(([text, doubt]) => element(doubt ? "mark" : "span", text)));
  for (const item of $("rivals").children) item.classList.remove("chosen");
  typed = "";
  close();
  input(false);
}

function ask(what) {
  asked = what;
  const box = $("ask");
  box.hidden = false;
  const question = QUESTIONS[what];
  const list = document.createElement("ol");
  question.reasons.forEach((why, place) => {
    const button = element("button", "", {type: "button", className: "rival"});
    button.append(element("kbd", String(place + 1)), element("span", why));
    button.addEventListener("click", () => question.send(why));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  });
  const own = element("input", "", {id: "why", placeholder: "another reason, then Enter", maxLength: 500});
  own.setAttribute("aria-label", "another reason");
  own.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && own.value.trim()) question.send(own.value.trim());
    if (event.key === "Escape") back();
  });
  box.replaceChildren(element("p", question.text), list, own);
  box.scrollIntoView({block: "nearest"});
}

function close() {
  asked = null;
  $("ask").hidden = true;
  $("ask").replaceChildren();
}

// Enter without a choice: nothing of the list. What nobody can read, and a cheque that is rejected, need none.
function confirmed() {
  if (asked !== "skip") QUESTIONS[asked].send("");
}

// --- what is sent --------------------------------------------------------------------------------------------------

const queue = (keep) => ({...wanted, keep: keep.map((field) => field.id), later});

async function send(path, body, keep = fields.slice(1)) {
  if (busy) return;
  busy = true;
  const since = performance.now();
  try {
    const answer = await call(path, {...body, queue: queue(keep)});
    take(answer);
    $("waiting").textContent = fields.length ? count(answer.waiting) : "";
    if (fields.length) say(told(answer));
    if (fields[0]) await picture(cropOf(fields[0]));
    times.push(performance.now() - since);
  } catch (refused) {
    refusedAs(refused);
  } finally {
    busy = false;
  }
}

const count = (number) => (number >= 1000 ? "1000 or more wait" : number === 1 ? "1 waits" : `${number} wait`);

function told(answer) {
  const outcomes = {
    second: "Saved. A second person is asked, too.",
    third: "Saved. The answers differ: a third person is asked.",
    supervisor: "Saved. The answers differ: a supervisor decides.",
    skip: "Left to others.",
    unreadable: "A supervisor decides.",
    undone: "Undone: this is the field as it was.",
  };
  if (answer.outcome !== "settled") return outcomes[answer.outcome] || "";
  const changed = answer.changed?.length
    ? ` By the form's rules: ${answer.changed.map(([name, status]) => `${name} is ${status === "review" ? "for review" : status}`).join(", ")}.`
    : "";
  return `Saved.${changed}${answer.decision ? ` Decision: ${answer.decision}.` : ""}`;
}

function refusedAs(refused) {
  say(refused.message, true);
  if (refused.status === 401) {
    const link = element("a", "Sign in", {href: "/sign-in"});
    $("message").append(" ", link);
  } else if (refused.status === 409 || refused.status === 404) again(refused.message);
}

// The field is not ours any more, or not as it was: what is shown is fetched anew, and why stays on the page.
async function again(message) {
  try {
    const answer = await call("/api/next", queue(fields));
    take(answer);
    say(message, true);
  } catch (refused) {
    say(refused.message, true);
  }
}

function accept() {
  const field = fields[0];
  if (!field) {
    if (later.length) {
      later.length = 0;
      start();
    }
    return;
  }
  const value = $("value").value;
  if (field.kind === "decision" && value === "review") return say("Choose: 1 posts it, 2 rejects it.", true);
  const asRead = value === field.value && field.value !== "";
  if (value.trim() === "" && field.value !== "" && !window.confirm("Does nothing stand there?")) return;
  send("/api/answer", {field: field.id, value: asRead ? null : value, mark: field.mark});
}

function leave(action, why) {
  send("/api/leave", {field: fields[0].id, action, why, mark: fields[0].mark});
}

async function pass() {
  if (!fields[0] || busy) return;
  later.push(fields[0].id);
  if (later.length > 500) later.shift();
  await fetchNext(fields.slice(1));
}

function take(answer) {
  fields = answer.fields;
  waiting = answer.waiting;
  show();
}

async function undo() {
  if (busy) return;
  busy = true;
  try {
    const answer = await call("/api/undo", queue(fields));
    take(answer);
    $("waiting").textContent = count(answer.waiting);
    say(told(answer));
  } catch (refused) {
    say(refused.message, true);
  } finally {
    busy = false;
  }
}

async function fetchNext(keep) {
  busy = true;
  try {
    const answer = await call("/api/next", queue(keep));
    take(answer);
    $("waiting").textContent = fields.length ? count(answer.waiting) : "";
    if (fields.length) say("");
  } catch (refused) {
    refusedAs(refused);
  } finally {
    busy = false;
  }
}

const start = () => fetchNext([]);

// --- keys ----------------------------------------------------------------------------------------------------------

const COMMANDS = {
  s: () => ask("skip"),
  x: () => ask("unreadable"),
  r: () => (fields[0].decides ? ask("reject") : say("This form knows no decision: there is nothing to reject.")),
  t: () => turn(1),
};

function typing(key) {
  const text = typed + key;
  close();
  typed = "";
  say("");
  input(true, text);
}

function command(key) {
  if (key === "?") return $("help").showModal();
  if (key === "+" || key === "=") return enlarge(1.4);
  if (key === "-" || key === "−") return enlarge(1 / 1.4);
  if (!fields[0]) return;
  if (asked && /^[1-5]$/.test(key)) {
    if (key === "5") return $("why").focus();
    return QUESTIONS[asked].send(QUESTIONS[asked].reasons[key - 1]);
  }
  if (typed !== "" || asked) return typing(key);
  if (/^[1-9]$/.test(key) && choose(Number(key) - 1)) {
    typed = key;
    return;
  }
  if (COMMANDS[key]) {
    COMMANDS[key]();
    typed = key;
    return;
  }
  typing(key);
}

document.addEventListener("keydown", (event) => {
  if ($("help").open) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    if (fields[0] && $("value").value !== fields[0].value) back();
    else undo();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.activeElement?.id === "why") return;
  if (event.key === "Enter" && event.shiftKey && isTyping()) return; // a new line of an address
  if (event.key === "Enter") {
    if (document.activeElement?.closest("a, button, .ask") && document.activeElement.id !== "accept") return;
    event.preventDefault();
    if (asked === "skip") return;
    return asked ? confirmed() : accept();
  }
  if (event.key === "Escape") return back();
  if (event.key === "Tab" && !event.shiftKey && fields[0] && (isTyping() || document.activeElement === document.body)) {
    event.preventDefault();
    return void pass();
  }
  if (isTyping()) return;
  if (event.key === "F2" || event.key === "ArrowLeft" || event.key === "ArrowRight") {
    event.preventDefault();
    return fields[0] && input(true);
  }
  if (event.key === "Backspace" || event.key === "Delete") {
    event.preventDefault();
    return fields[0] && input(true);
  }
  if (event.key === " ") {
    if (document.activeElement !== document.body) return;
    event.preventDefault();
    return fields[0] && input(true, "");
  }
  if (event.key.length === 1) {
    event.preventDefault();
    command(event.key);
  }
});

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  accept();
});
$("value").addEventListener("focus", () => $("desk").classList.add("typing"));
$("value").addEventListener("blur", () => $("desk").classList.remove("typing"));
for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => {
    button.blur();
    if (button.dataset.key === "Tab") pass();
    else if (button.dataset.key === "undo") undo();
    else command(button.dataset.key);
  });
}
$("crop").addEventListener("click", () => $("crop-frame").classList.toggle("large"));
start();

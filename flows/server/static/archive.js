"use strict";
// A scan with its text beside it: line and words marked, zoom, the next hit by key, a line corrected on the spot.

const view = JSON.parse(document.getElementById("view").textContent);
const scan = document.getElementById("scan");
const sheet = document.getElementById("sheet");
const text = document.getElementById("text");
const message = document.getElementById("message");
const lines = new Map(view.lines.map((line) => [line.number, line]));
let zoom = 1;
let editing = false;

function tell(said, bad = false) {
  message.textContent = said;
  message.classList.toggle("bad", bad);
}

// Places are shares of the page, so that they hold at each zoom.
function lay(mark, [x, y, width, height]) {
  mark.style.left = `${(100 * x) / view.width}%`;
  mark.style.top = `${(100 * y) / view.height}%`;
  mark.style.width = `${(100 * width) / view.width}%`;
  mark.style.height = `${(100 * height) / view.height}%`;
}

function draw() {
  for (const old of sheet.querySelectorAll(".place")) old.remove();
  for (const line of view.lines) {
    const place = document.createElement("div");
    place.className = "place";
    place.dataset.number = line.number;
    lay(place, line.box);
    place.addEventListener("click", () => choose(line.number, true));
    sheet.append(place);
    for (const [, box, hit] of line.words) {
      if (!hit) continue;
      const word = document.createElement("div");
      word.className = "place hit";
      lay(word, box);
      sheet.append(word);
    }
  }
}

function magnify(factor) {
  const middle = (scan.scrollTop + scan.clientHeight / 2) / sheet.offsetHeight;
  zoom = Math.min(6, Math.max(0.5, zoom * factor));
  sheet.style.width = `${100 * zoom}%`;
  scan.scrollTop = middle * sheet.offsetHeight - scan.clientHeight / 2;
}

function choose(number, focus) {
  for (const one of document.querySelectorAll(".chosen")) one.classList.remove("chosen");
  const item = document.getElementById(`line-${number}`);
  const place = sheet.querySelector(`[data-number="${number}"]`);
  if (!item || !place) return;
  item.classList.add("chosen");
  place.classList.add("chosen");
  item.scrollIntoView({block: "nearest"});
  scan.scrollTop = place.offsetTop - scan.clientHeight / 2;
  scan.scrollLeft = place.offsetLeft - 20;
  if (focus) item.focus({preventScroll: true});
}

function write(item, line) {
  item.replaceChildren();
  for (const [word, , hit] of line.words) {
    if (hit) {
      const mark = document.createElement("mark");
      mark.textContent = word;
      item.append(mark, " ");
    } else item.append(`${word} `);
  }
}

function edit(item) {
  const line = lines.get(Number(item.dataset.number));
  const input = document.createElement("input");
  input.value = line.text;
  input.setAttribute("aria-label", `Line ${line.number}`);
  item.replaceChildren(input);
  editing = true;
  input.focus();
  const leave = () => {
    editing = false;
    write(item, line);
    item.focus();
  };
  input.addEventListener("keydown", async (event) => {
    event.stopPropagation();
    if (event.key === "Escape") leave();
    if (event.key !== "Enter" || input.disabled) return;
    event.preventDefault();
    // An unchanged text is sent as well: a person says that the line was read right, and it can be learned from.
    input.disabled = true;
    try {
      const call_ = {document: view.document, page: view.page, line: line.number, read: line.text, text: input.value};
      const saved = await call("/api/correct-line", call_);
      Object.assign(line, saved);
      tell("Saved.");
      draw();
      leave();
      choose(line.number, false);
    } catch (error) {
      input.disabled = false;
      input.focus();
      tell(error.message, true);
    }
  });
}

document.getElementById("larger").addEventListener("click", () => magnify(1.25));
document.getElementById("smaller").addEventListener("click", () => magnify(0.8));
text.addEventListener("focusin", (event) => {
  const item = event.target.closest("li");
  if (item && !editing) choose(Number(item.dataset.number), false);
});
text.addEventListener("dblclick", (event) => {
  const item = event.target.closest("li");
  if (item && view.may_correct && !editing) edit(item);
});
document.addEventListener("keydown", (event) => {
  if (editing || event.ctrlKey || event.metaKey || event.altKey) return;
  const item = document.activeElement.closest?.("#text li");
  if (event.key === "n") document.getElementById("after")?.click();
  else if (event.key === "p") document.getElementById("before")?.click();
  else if (event.key === "+") magnify(1.25);
  else if (event.key === "-") magnify(0.8);
  else if (item && (event.key === "Enter" || event.key === "F2") && view.may_correct) {
    event.preventDefault();
    edit(item);
  } else if (item && event.key === "ArrowDown") {
    event.preventDefault();
    item.nextElementSibling?.focus();
  } else if (item && event.key === "ArrowUp") {
    event.preventDefault();
    item.previousElementSibling?.focus();
  }
});

function begin() {
  draw();
  const wanted = Number(location.hash.replace("#line-", "")) || view.lines.find((line) => line.words.some((w) => w[2]))?.number;
  if (wanted) choose(wanted, true);
  if (view.may_correct) tell("Enter or a double click corrects a line; arrows go from line to line; + and − zoom.");
}
const picture = document.getElementById("picture");
if (picture.complete) begin();
else {
  picture.addEventListener("load", begin);
  picture.addEventListener("error", () => { begin(); tell("The scan is no longer kept where it lay.", true); });
}

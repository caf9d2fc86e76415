"use strict";
// The upload box: files are sent one after the other, each with what became of it.

document.getElementById("hand-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = document.getElementById("files");
  const list = document.getElementById("handed-in");
  for (const file of box.files) {
    const line = document.createElement("li");
    line.textContent = `${file.name}: is being sent`;
    list.prepend(line);
    line.textContent = `${file.name}: ${await handIn(file)}`;
  }
  box.value = "";
});

async function handIn(file) {
  try {
    const answer = await fetch(`/api/upload?name=${encodeURIComponent(file.name)}`, {
      method: "POST",
      headers: {"Content-Type": "application/octet-stream", "X-CSRF-Token": csrf},
      body: file,
    });
    const said = await answer.json().catch(() => ({}));
    return answer.ok ? "handed in" : said.message || "was not taken";
  } catch {
    return "the server does not answer; hand it in again";
  }
}

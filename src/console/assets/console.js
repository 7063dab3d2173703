// What pages do with a script that they also do without: nothing here is needed to see or change anything.
"use strict";

// A button with data-copy copies the text of the element that it names.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy);
  if (source && navigator.clipboard) {
    navigator.clipboard.writeText(source.textContent).then(() => { button.textContent = "Copied"; });
  }
});

// A form with data-confirm asks before it is sent.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
  }
});

// A form that only asks leaves empty fields out of the address.
document.addEventListener("formdata", (event) => {
  if (event.target.method === "get") {
    for (const [name, value] of Array.from(event.formData)) {
      if (value === "") {
        event.formData.delete(name);
      }
    }
  }
});

// An element with data-stream shows rows as they come, in the part of a table that it names. The server has written them as it
// writes those of a page. Who looks elsewhere holds no connection meanwhile: a browser has few for all pages of a server.
function follow(element) {
  const rows = document.getElementById(element.dataset.rows);
  const address = new URL(element.dataset.stream, location.href);
  const [button, news] = [element.querySelector("button"), element.querySelector("[role=status]")];
  const most = Math.max(rows.rows.length, 1000);
  let [source, count, isPaused] = [null, 0, false];
  const tell = () => { news.textContent = `${isPaused ? "Paused" : "Live"}: ${count} more since the page was loaded.`; };
  const close = () => {
    if (source) { source.close(); }
    source = null;
  };
  const open = () => {
    if (source || isPaused || document.hidden) { return; }
    source = new EventSource(address);
    source.addEventListener("request", (event) => {
      const part = document.createElement("template");
      part.innerHTML = event.data;
      rows.prepend(part.content);
      while (rows.rows.length > most) { rows.rows[rows.rows.length - 1].remove(); }
      // Whoever opens it again goes on from here.
      address.searchParams.set("SinceSequence", Number(event.lastEventId) + 1);
      count += 1;
      tell();
    });
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) { news.textContent = "No longer live: load the page again."; }
    });
  };
  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.textContent = isPaused ? "Go on" : "Pause";
    if (isPaused) { close(); } else { open(); }
    tell();
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) { close(); } else { open(); } });
  element.hidden = false;
  tell();
  open();
}
document.querySelectorAll("[data-stream]").forEach(follow);

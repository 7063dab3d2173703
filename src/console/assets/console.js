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

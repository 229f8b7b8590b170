// Small comforts; every page does its work without them.
document.querySelector("[data-error-summary]")?.focus();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });
}

// A menu closes by Escape, and by looking elsewhere.
const menus = document.querySelectorAll(".menu");
for (const menu of menus) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
for (const kind of ["pointerdown", "focusin"]) {
  document.addEventListener(kind, ({ target }) => menus.forEach((menu) => menu.contains(target) || (menu.open = false)));
}

// A form is sent once: a second press while the first is under way would only ask the same again.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A file is sent while it is made: how much has come is told, and an answer that is no file is a page to look at.
const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "kilobyte" });
for (const link of document.querySelectorAll("[data-file]")) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const [said, pieces] = [link.parentElement.querySelector("[data-file-said]"), []];
    let bytes = 0;
    const tell = (words) => (said.textContent = words.replace("{size}", size.format(Math.ceil(bytes / 1024))));
    const leave = () => {
      said.textContent = "";
      location.assign(link.href);
    };
    tell(link.dataset.coming);
    const answer = await fetch(link.href).catch(() => null);
    const name = answer?.ok && /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
    if (!name) return leave();
    try {
      for (const reader = answer.body.getReader(); ; tell(link.dataset.coming)) {
        const { done, value } = await reader.read();
        if (done) break;
        bytes += value.length;
        pieces.push(value);
      }
    } catch {
      return leave();
    }
    const file = URL.createObjectURL(new Blob(pieces, { type: answer.headers.get("Content-Type") }));
    Object.assign(document.createElement("a"), { href: file, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(file), 60000);
    tell(link.dataset.done);
  });
}

// What is under way is looked at again until it is over; without script the page loads itself anew.
const live = document.querySelector("[data-live]");
const look = async () => {
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    if (!fresh) return location.reload();
    live.replaceChildren(...fresh.childNodes);
  }
  setTimeout(look, 2000);
};
if (live) setTimeout(look, 1000);

// Who else has this case open: said and asked every half minute, as long as the page is looked at.
for (const form of document.querySelectorAll("[data-presence]")) {
  const seen = async () => {
    if (document.visibilityState === "visible") {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "error" }).catch(() => null);
      const [told, place] = [answer?.ok ? await answer.text() : "", form.querySelector("[role=status]")];
      if (place.textContent !== told) place.textContent = told;
    }
    setTimeout(seen, 30000);
  };
  seen();
}

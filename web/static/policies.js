// Says in words what the form of a rule holds while it is filled in; without script a button does.
const said = document.querySelector("[data-said]");
const form = said?.closest("form");
let waiting;
const tell = async () => {
  const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  body.append("words", "alone");
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (fresh.textContent !== said.textContent) said.replaceChildren(...fresh.childNodes);
};
form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(tell, 600);
});

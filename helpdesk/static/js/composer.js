// The composer: drafts kept in this tab, text carried from one tab to the other, send by keyboard, sent once.
const composer = document.getElementById("composer");
if (composer) {
  const [reply, note] = [composer.querySelector("form.reply"), composer.querySelector("form.internal")];
  const radios = { reply: document.getElementById("to-customer"), note: document.getElementById("to-note") };

  const carry = (from, to) => {
    if (from.text.value.trim() && !to.text.value.trim()) {
      to.text.value = from.text.value;
      from.text.value = "";
      for (const form of [from, to]) form.text.dispatchEvent(new Event("input"));
    }
    to.text.focus();
  };
  radios.note.addEventListener("change", () => carry(reply, note));
  radios.reply.addEventListener("change", () => carry(note, reply));

  for (const form of [reply, note]) {
    const kept = form.querySelector("[data-kept]");
    const name = `draft:${form.dataset.draft}`;
    if (!form.text.value) form.text.value = sessionStorage.getItem(name) ?? "";
    let timer;
    form.text.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (form.text.value) sessionStorage.setItem(name, form.text.value);
        else sessionStorage.removeItem(name);
        kept.textContent = form.text.value ? kept.dataset.kept : "";
      }, 400);
    });
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      clearTimeout(timer);
      sessionStorage.removeItem(name);
    });
    form.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector(event.shiftKey ? "[data-send-close]" : "[data-send]") ?? undefined);
    });
  }
  addEventListener("pageshow", () => {
    for (const form of [reply, note]) delete form.dataset.sent;
  });
}

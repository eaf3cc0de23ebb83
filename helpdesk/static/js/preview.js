// What minutes cost, while they are typed. The server says it; nothing is computed here.
const watch = (root) => {
  const form = root.querySelector("form[data-preview]");
  if (!form || form.dataset.watched) return;
  form.dataset.watched = "yes";
  const line = form.querySelector("[data-preview-line]");
  form.querySelector("[data-preview-button]").hidden = true;
  let asked = 0;
  let timer;
  const ask = async () => {
    const mine = ++asked;
    const values = new URLSearchParams({
      minutes: form.minutes.value,
      activity: form.activity.value,
      waived: form.waived_because.value.trim() ? "1" : "",
    });
    let kind = "";
    let sentence = line.dataset.empty;
    if (form.minutes.value.trim()) {
      try {
        const answer = await fetch(`${form.dataset.preview}?${values}`);
        if (!answer.ok) return;
        const text = await answer.text();
        kind = text.slice(0, text.indexOf(" "));
        sentence = text.slice(text.indexOf(" ") + 1);
      } catch {
        return;
      }
    }
    if (mine !== asked) return;
    line.className = `preview ${kind}`;
    line.textContent = sentence;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
};
watch(document);
document.addEventListener("dialog-shown", (event) => watch(event.detail));

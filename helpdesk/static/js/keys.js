// Single keys, dead in fields, off when the person switched them off. The same keys in list and ticket.
if ("keys" in document.body.dataset) {
  let deadUntil = 0;
  let chord = 0;
  const links = () => [...document.querySelectorAll(".queue .subject a")];
  const click = (selector) => document.querySelector(selector)?.click();
  const move = (step) => {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const write = (id) => {
    const radio = document.getElementById(id);
    if (!radio) return;
    radio.checked = true;
    // In the same tick: the next letter typed must land in the field.
    document.querySelector(id === "to-note" ? "#note-text" : "#reply-text").focus();
    deadUntil = performance.now() + 300;
  };
  const acts = {
    "/": () => document.getElementById("find").focus(),
    "?": () => click("[data-open=keys]"),
    j: () => move(1),
    k: () => move(-1),
    u: () => click("#up"),
    r: () => write("to-customer"),
    n: () => write("to-note"),
  };
  const places = { q: "/queue", c: "/customers" };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && field && !field.closest("dialog")) {
      field.blur();
      return;
    }
    if (field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || performance.now() < deadUntil) return;
    if (chord > performance.now() && places[event.key]) {
      location.assign(places[event.key]);
      return;
    }
    chord = event.key === "g" ? performance.now() + 1000 : 0;
    const act = acts[event.key] ?? (/^[a-z]$/.test(event.key) && (() => click(`[data-key=${event.key}]`)));
    if (!act) return;
    if (event.key !== "Enter") event.preventDefault();
    act();
  });
}

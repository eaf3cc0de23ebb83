// Messages after an act: can be closed, go after ten seconds, stay while looked at.
for (const toast of document.querySelectorAll(".toast")) {
  const close = toast.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
  if (toast.classList.contains("error")) continue;
  let timer = setTimeout(() => toast.remove(), 10000);
  const stay = () => clearTimeout(timer);
  const go = () => { timer = setTimeout(() => toast.remove(), 4000); };
  for (const [event, act] of [["mouseenter", stay], ["focusin", stay], ["mouseleave", go], ["focusout", go]]) {
    toast.addEventListener(event, act);
  }
}

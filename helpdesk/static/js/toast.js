// Messages after an act: can be closed, go after ten seconds, stay while looked at. An answer that leaves counts
// down and can be taken back until it left.
for (const toast of document.querySelectorAll(".toast")) {
  const close = toast.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
  if (toast.classList.contains("error")) continue;
  const go = (wait) => {
    let timer = setTimeout(() => toast.remove(), wait);
    for (const event of ["mouseenter", "focusin"]) toast.addEventListener(event, () => clearTimeout(timer));
    for (const event of ["mouseleave", "focusout"]) {
      toast.addEventListener(event, () => { timer = setTimeout(() => toast.remove(), 4000); });
    }
  };
  if (!toast.dataset.leaves) {
    go(10000);
    continue;
  }
  const [words, form] = [toast.querySelector("p"), toast.querySelector("form")];
  const said = words.textContent;
  const end = Date.now() + 1000 * toast.dataset.leaves;
  const undo = (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, select")) return;
    event.preventDefault();
    form.requestSubmit();
  };
  addEventListener("keydown", undo);
  const ticking = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      words.ariaHidden = "true"; // said once; no screen reader wants each second
      words.textContent = said.replace(/\d+/, left);
      return;
    }
    clearInterval(ticking);
    removeEventListener("keydown", undo);
    form.remove();
    words.ariaHidden = null;
    words.textContent = toast.dataset.left;
    go(4000);
  }, 250);
}

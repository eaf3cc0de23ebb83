// Menus close on Escape and on a click elsewhere; only one is open at a time.
const menus = [...document.querySelectorAll("details.menu")];
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
for (const menu of menus) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const entries = [...menu.querySelectorAll("a, button")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = entries.indexOf(document.activeElement);
    menu.open = true;
    entries.at((at + step + entries.length) % entries.length).focus();
    event.preventDefault();
  });
}
// The sentence about what is wrong gets the focus.
document.getElementById("summary")?.focus();

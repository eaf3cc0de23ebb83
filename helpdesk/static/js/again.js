// Reads a page again while something on it goes on; without scripts there is a link that does it.
const again = document.querySelector("[data-again]");
if (again) {
  setTimeout(() => location.reload(), Number(again.dataset.again));
}

// Small forms open over the page; without this script the same address is a page of its own.
const frame = document.createElement("dialog");
frame.setAttribute("aria-labelledby", "dialog-name");
document.body.append(frame);

const show = async (address, trigger) => {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin" });
  } catch {
    location.assign(address);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = page.querySelector("[data-dialog-body]");
  if (!answer.ok || answer.redirected || !body) {
    location.assign(address);
    return;
  }
  body.querySelector(".crumbs")?.remove();
  const name = body.querySelector("h1");
  const heading = document.createElement("h2");
  heading.id = "dialog-name";
  heading.append(...name.childNodes);
  name.replaceWith(heading);
  body.className = "inner";
  const closer = document.createElement("button");
  closer.type = "button";
  closer.className = "button plain closer";
  closer.dataset.closeDialog = "";
  closer.setAttribute("aria-label", document.body.dataset.close);
  closer.textContent = "×";
  body.prepend(closer);
  frame.replaceChildren(body);
  frame.addEventListener("close", () => trigger?.focus(), { once: true });
  frame.showModal();
  (frame.querySelector("input:not([type=hidden]), select, textarea") || heading).focus();
  document.dispatchEvent(new CustomEvent("dialog-shown", { detail: frame }));
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog], a[data-open]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    show(link.href, link);
  } else if (frame.open && (event.target === frame || event.target.closest("[data-close-dialog]"))) {
    event.preventDefault();
    frame.close();
  }
});

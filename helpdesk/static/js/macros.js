// A chosen text goes to the cursor; without this the page comes back with the text at the end.
const choice = document.querySelector("[data-texts]");
if (choice) {
  choice.form.querySelector(".insert button").hidden = true;
  choice.addEventListener("change", async () => {
    const chosen = choice.value;
    if (!chosen) return;
    choice.value = "";
    const answer = await fetch(choice.dataset.texts.replace(/0$/, chosen));
    if (!answer.ok) return;
    const field = choice.form.text;
    field.focus();
    field.setRangeText(await answer.text(), field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input"));
  });
}

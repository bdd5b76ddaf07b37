// Free text, edited in place: counts by the task's length rule, the difference as it is typed.

const EDITED_MOST_CHARACTERS = 500_000; // the server takes no longer correction

class TextEditor {
  constructor(context) {
    this.context = context;
    const field = new TextField({
      label: "Output", before: context.original, text: context.draft.output, rule: context.form.length,
      onInput: (text) => context.onChange(text),
    });
    this.field = field;
    this.view = field.view;
  }

  set(output) {
    this.field.set(output);
  }

  focus() {
    this.field.focus();
  }

  leave() {}
}

// One text to edit: a box that grows, its counts, its hidden characters, its difference, its reset.
class TextField {
  constructor({ label, before, text, rule, onInput, rows = 3, counts = true }) {
    Object.assign(this, { before, rule, onInput, counts });
    this.box = element("textarea", {
      class: "editor", rows: String(rows), "aria-label": label, dir: "auto", spellcheck: "true",
      oninput: () => this.changed(),
    });
    this.foot = element("div", { class: "field-foot" });
    this.hidden = element("div", { class: "field-foot" });
    this.difference = new DifferenceBox(() => { this.set(this.before); this.onInput(this.before); this.focus(); });
    this.view = element("div", { class: "text-field" }, this.box, this.foot, this.hidden, this.difference.view);
    if (text.length > EDITED_MOST_CHARACTERS) this.refuseLong(text);
    else this.set(text);
  }

  refuseLong(text) {
    this.view.replaceChildren(longText(text), element("p", { class: "warning" },
      `${text.length.toLocaleString()} characters: too long to correct here. Approve or discard it.`));
  }

  set(text) {
    this.box.value = text;
    this.draw();
  }

  changed() {
    this.onInput(this.box.value);
    this.draw();
  }

  draw() {
    const text = this.box.value;
    const fault = text.trim() ? lengthFault(this.rule, text) : "";
    this.foot.textContent = this.counts || fault ? fault || lengthWords(this.rule, text) : "";
    this.foot.classList.toggle("fault", Boolean(fault));
    this.box.setAttribute("aria-invalid", String(Boolean(fault)));
    this.hidden.replaceChildren(...hiddenNote(text, (clean) => { this.set(clean); this.onInput(clean); }));
    this.difference.show(this.before, text);
  }

  focus() {
    this.box.focus();
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }
}

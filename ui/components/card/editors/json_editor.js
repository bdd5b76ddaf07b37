// JSON as a form made from its schema, or as text; checked against the schema while typing.

const CHECKED_AFTER_MS = 120;

class JsonEditor {
  constructor(context) {
    this.context = context;
    this.body = element("div", { class: "json-body" });
    this.summary = element("p", { class: "field-foot", role: "status" });
    this.switch = element("button", { type: "button", class: "plain", onclick: () => this.turn() });
    this.total = element("div", { class: "change-foot" });
    this.view = element("div", { class: "json-editor" }, this.body, this.summary, this.total, this.switch);
    this.asText = false;
    this.set(context.draft.output);
  }

  set(output) {
    let value;
    try {
      value = output.trim() ? parsedJson(output) : emptyOf(this.context.form.schema, this.context.form.schema);
      this.readable = this.context.form.schema != null && value !== null && typeof value === "object";
    } catch {
      this.readable = false;
    }
    if (this.asText || !this.readable) this.drawText(output);
    else this.drawForm(value);
    this.switch.textContent = this.asText ? "Edit as a form" : "Edit as JSON text";
    this.switch.hidden = !this.readable;
    this.check();
  }

  turn() {
    this.asText = !this.asText;
    this.set(this.context.draft.output);
    this.focus();
  }

  drawText(output) {
    this.form = null;
    const before = this.context.original;
    this.field = new TextField({
      label: "Output, JSON text", before: before === null ? null : laidOut(before), text: laidOut(output), rows: 8, counts: false,
      onInput: (text) => this.changed(text),
    });
    this.field.box.classList.add("code");
    this.body.replaceChildren(this.field.view);
  }

  drawForm(value) {
    this.field = null;
    let original;
    try {
      original = this.context.original === null ? undefined : parsedJson(this.context.original);
    } catch {
      original = undefined;
    }
    this.form = new JsonForm(this.context.form.schema, value, original, (edited) => this.changed(jsonText(edited)));
    this.body.replaceChildren(this.form.view);
  }

  changed(text) {
    this.context.onChange(text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), CHECKED_AFTER_MS);
  }

  check() {
    const { form, draft, original } = this.context;
    const faults = draft.output.trim() ? jsonFaults(form.schema, draft.output) : [];
    this.form?.showFaults(faults);
    const first = faults[0];
    this.summary.classList.toggle("fault", Boolean(first));
    this.summary.textContent = first ? `${first.place ? `${first.place}: ` : ""}${first.what}` : draft.output.trim() ? "fits its schema" : "";
    if (!form.schema && !first) this.summary.textContent = draft.output.trim() ? "is JSON" : "";
    const changed = original !== null && !sameOutput(form, draft.output, original);
    this.total.replaceChildren(...(changed ? this.totals(laidOut(original), laidOut(draft.output)) : []));
  }

  totals(before, after) {
    const { words, characters } = changeCounts(wordDifference(before, after));
    return [`${counted(words, "word")} and ${counted(characters, "character")} changed in all `,
      element("button", { type: "button", class: "plain reset", onclick: () => {
        this.context.onChange(this.context.original);
        this.set(this.context.original);
      } }, "Reset all")];
  }

  focus() {
    this.body.querySelector("input, textarea, select")?.focus();
  }

  leave() {
    clearTimeout(this.timer);
    this.check();
  }
}

function laidOut(output) {
  try {
    return jsonText(parsedJson(output), "  ");
  } catch {
    return output;
  }
}

// One label of the task's, or several: the teacher's stands above the picker.

function pickerOf(context, chosen, onChoose, placeholder) {
  const { form, data, card } = context;
  return new LabelPicker({
    source: form.labels?.length ? context.pageLabels : context.serverLabels,
    recents: new RecentLabels(data.person, data.task ?? data.queue), guesses: card.guesses ?? [], count: form.label_count,
    chosen: () => chosen().filter((label) => isKnown(context, label)), onChoose, placeholder,
  });
}

// A teacher may name a label that the task has not: it stands above, and is no choice.
function isKnown({ form, card }, label) {
  return form.labels?.length ? form.labels.includes(label) : card.is_valid !== false || label !== card.output;
}

function givenView(context, words) {
  const { card } = context;
  const valid = card.is_valid !== false && !CONFORMS[context.form.type](context.form, card.output);
  return element("div", {},
    element("p", { class: valid ? "given" : "given invalid", dir: "auto" }, ...words),
    valid || !card.output ? null : element("p", { class: "warning" }, "Not as the task asks for: correct or discard it."));
}

class LabelEditor {
  constructor(context) {
    this.context = context;
    this.difference = new DifferenceBox(() => { context.onChange(context.original); this.set(context.original); });
    this.picker = pickerOf(context, () => [context.draft.output], (label) => this.choose(label));
    this.view = element("div", {},
      context.original === null ? null : givenView(context, visible(context.card.output || "no output")),
      this.picker.view, this.difference.view);
    this.draw();
  }

  choose(label) {
    this.context.onChange(label);
    this.draw();
    this.picker.box.blur();
  }

  set() {
    this.picker.find();
    this.draw();
  }

  draw() {
    const { original, draft } = this.context;
    this.difference.show(original, draft.output);
  }

  focus() {
    this.picker.box.focus();
  }

  leave() {
    this.picker.leave();
  }
}

class LabelsEditor {
  constructor(context) {
    this.context = context;
    this.chosen = [];
    this.chips = element("div", { class: "chips", role: "group", "aria-label": "Chosen labels" });
    this.difference = new DifferenceBox(() => { context.onChange(context.original); this.set(context.original); });
    this.picker = pickerOf(context, () => this.chosen, (label) => this.toggle(label), "type to add a label");
    this.view = element("div", {}, this.chips, this.picker.view, this.difference.view);
    this.set(context.draft.output);
  }

  set(output) {
    this.chosen = namesOf(output);
    this.picker.find();
    this.draw();
  }

  toggle(label) {
    const order = this.context.form.labels ?? [];
    this.chosen = this.chosen.includes(label) ? this.chosen.filter((other) => other !== label) : [...this.chosen, label];
    if (order.length) this.chosen.sort((one, other) => order.indexOf(one) - order.indexOf(other));
    this.context.onChange(JSON.stringify(this.chosen));
    this.picker.find();
    this.draw();
  }

  draw() {
    const { original, draft } = this.context;
    this.chips.replaceChildren(...this.chosen.map((label) => element("span", { class: isKnown(this.context, label) ? "chip" : "chip invalid" },
      ...visible(label), element("button", {
        type: "button", class: "plain", "aria-label": `Take out ${label}`, onclick: () => this.toggle(label),
      }, "×"))));
    if (!this.chosen.length) {
      this.chips.append(element("span", { class: "absent" }, draft.output.trim() ? "none applies " : "none chosen "));
      if (!draft.output.trim()) {
        this.chips.append(element("button", {
          type: "button", class: "plain", onclick: () => { this.context.onChange("[]"); this.draw(); },
        }, "None applies"));
      }
    }
    this.difference.show(original === null ? null : namesOf(original).join("\n"), this.chosen.join("\n"));
  }

  focus() {
    this.picker.box.focus();
  }

  leave() {
    this.picker.leave();
  }
}

// The picker: type words in any order, or walk the tree; the teachers' guesses and the labels this
// person chose last come first. Arrow keys move, Enter chooses, Backspace on nothing typed goes up.

class LabelPicker {
  // `chosen()` gives the labels that stand, `onChoose(label)` takes one.
  constructor({ source, recents, guesses, count, chosen, onChoose, placeholder = "type to find a label" }) {
    Object.assign(this, { source, recents, guesses, count, chosen, onChoose });
    this.under = "";
    this.options = [];
    this.at = 0;
    this.asked = 0;
    this.box = element("input", {
      class: "editor", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "choices",
      "aria-label": "Output: type to find a label", placeholder, autocomplete: "off", spellcheck: "false",
      oninput: () => this.find(), onkeydown: (event) => this.key(event), onfocus: () => this.draw(), onblur: () => this.draw(),
    });
    this.trail = element("div", { class: "trail", role: "group", "aria-label": "Level of the tree" });
    this.list = element("div", { class: "choices", role: "listbox", id: "choices", "aria-label": "Labels" });
    this.view = element("div", { class: "picker" }, this.box, this.trail, this.list);
    this.find();
  }

  find() {
    const typed = this.box.value.trim();
    const asked = ++this.asked;
    clearTimeout(this.timer);
    if (this.source.immediate) {
      this.show(typed, this.source.search(typed, this.under));
      return;
    }
    if (!typed && !this.under) this.show(typed, { labels: [], groups: this.top ?? [], total: this.count });
    this.timer = setTimeout(async () => {
      try {
        const answer = await this.source.search(typed, this.under);
        if (!typed && !this.under) this.top = answer.groups;
        if (asked === this.asked) this.show(typed, answer);
      } catch (fault) {
        if (asked === this.asked) this.showFault(fault.message);
      }
    }, typed ? LABEL_SEARCH_AFTER_MS : 0);
  }

  // A server that has no search: the label is typed as it is.
  showFault(fault) {
    this.options = fault === "absent" && this.box.value.trim() ? [{ label: this.box.value.trim(), kind: "label" }] : [];
    this.draw(fault === "absent" ? "Write the label exactly; it is checked when you save." : "The search does not answer. Type again in a moment.");
  }

  show(typed, { labels, groups, total }) {
    const option = (kind) => (label) => ({ kind, label });
    const first = typed || this.under ? [] : [
      ...this.guesses.map(option("guess")),
      ...this.recents.list().filter((label) => !this.guesses.includes(label)).map(option("recent")),
    ];
    const walks = !typed && groups.length > 0 && total > LABELS_SHOWN;
    const level = walks ? labels.filter((label) => !label.slice(this.under ? this.under.length + LEVEL.length : 0).includes(LEVEL)) : labels;
    const standing = typed || this.under ? [] : this.chosen().filter((label) => label && !level.includes(label));
    const seen = new Set();
    const once = ({ label }) => !seen.has(label) && seen.add(label);
    this.options = [
      ...[...standing.map(option("label")), ...first].filter(once),
      ...(walks ? groups.map((group) => ({ kind: "group", label: group.path, count: group.count })) : []),
      ...level.map(option("label")).filter(once)];
    this.more = typed ? total - labels.length : 0;
    this.at = typed ? 0 : Math.max(0, this.options.findIndex((each) => this.isChosen(each)));
    this.draw();
  }

  isChosen({ kind, label }) {
    return kind !== "group" && this.chosen().includes(label);
  }

  draw(said = "") {
    const focused = this.box === this.box.getRootNode().activeElement;
    const rows = this.options.map((option, index) => this.row(option, index, focused));
    if (!this.options.length && !said && this.box.value) said = "No label has all these words.";
    if (this.more > 0) said = `${this.more.toLocaleString()} more: type another word.`;
    this.list.replaceChildren(...rows);
    if (said) this.list.append(element("div", { class: "absent", role: "option", "aria-disabled": "true", "aria-selected": "false" }, said));
    this.box.setAttribute("aria-activedescendant", focused && rows.length ? `choice-${this.at}` : "");
    if (focused) rows[this.at]?.scrollIntoView({ block: "nearest" });
    this.drawTrail();
  }

  drawTrail() {
    const parts = this.under ? this.under.split(LEVEL) : [];
    this.trail.replaceChildren(...(parts.length ? [
      element("button", { type: "button", class: "plain", onclick: () => this.walk("") }, "All labels"),
      ...parts.map((part, index) => element("button", {
        type: "button", class: "plain", onclick: () => this.walk(parts.slice(0, index + 1).join(LEVEL)),
      }, `› ${part}`))] : []));
  }

  row(option, index, focused) {
    const isGroup = option.kind === "group";
    const notes = { guess: "teacher’s guess", recent: "chosen lately", group: `${option.count?.toLocaleString()} ›` };
    return element("div", {
      role: "option", class: `choice ${option.kind}`, id: `choice-${index}`,
      "aria-selected": String(this.isChosen(option)),
      "data-active": focused && index === this.at,
      onmousedown: (event) => { event.preventDefault(); this.take(option); },
    }, ...labelParts(option.label, isGroup), notes[option.kind] ? element("span", { class: "kind" }, notes[option.kind]) : null);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.options.length) {
      event.preventDefault();
      this.at = (this.at + step + this.options.length) % this.options.length;
      this.draw();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && this.options.length) {
      event.preventDefault();
      event.stopPropagation();
      this.take(this.options[this.at]);
    } else if (event.key === "Backspace" && !this.box.value && this.under) {
      event.preventDefault();
      this.walk(this.under.includes(LEVEL) ? this.under.slice(0, this.under.lastIndexOf(LEVEL)) : "");
    }
  }

  walk(path) {
    this.under = path;
    this.box.value = "";
    this.box.focus();
    this.find();
  }

  take(option) {
    if (option.kind === "group") {
      this.walk(option.label);
      return;
    }
    this.recents.add(option.label);
    this.box.value = "";
    this.under = "";
    this.onChoose(option.label);
    this.find();
  }

  // What is typed and found counts when the person saves from inside the box.
  leave() {
    if (this.box.value && this.options.length && this.box === this.box.getRootNode().activeElement) this.take(this.options[this.at]);
  }
}

function labelParts(label, isGroup = false) {
  const at = label.lastIndexOf(LEVEL);
  return at < 0 ? [element("span", { class: "leaf" }, ...visible(label))] : [
    element("span", { class: "leaf" }, ...visible(label.slice(at + LEVEL.length))),
    isGroup ? null : element("span", { class: "path", title: label }, ...visible(label.slice(0, at))),
  ];
}

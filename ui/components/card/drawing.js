// Drawing of the card: built once, refilled for each record, so that the next one is there in
// the same frame as the key.

const KEYS = [
  ["A", "approve the teacher's output"], ["E", "edit it"], ["S", "save your correction"],
  ["D", "discard the record"], ["K", "skip it for now"], ["U", "undo, as often as you like"],
  ["R", "reset the output"], ["1-9", "error tags"], ["N", "note"],
  ["Esc", "leave a text"], ["Ctrl Enter", "save from inside a text"], ["?", "this list"],
];

Object.assign(QueueCard.prototype, {
  show(draft) {
    const card = this.current();
    const frame = this.find(".frame");
    if (card === null) {
      frame.replaceChildren(this.emptyView());
      this.showProgress();
      return;
    }
    this.draft = draft ?? { output: card.output ?? "", tags: new Set(), note: "" };
    this.shownAt = performance.now();
    frame.replaceChildren(this.inputView(card), this.labelView(card), this.actionsView());
    this.showOutput();
    this.showProgress();
    this.say(this.notice);
  },

  emptyView() {
    if (this.failed) return element("div", { class: "empty", role: "status" }, this.failed);
    if (!this.exhausted) return element("div", { class: "empty skeleton", "aria-busy": "true" }, "Fetching records …");
    const skipped = this.skipped.size;
    return element("div", { class: "empty", role: "status" },
      element("h2", {}, skipped ? `${skipped} skipped, the rest is done` : "This queue is done"),
      element("p", {}, skipped ? "Bring the skipped ones back, or go on to the dataset."
        : "Every record here has your decision. Freeze the approved ones into a dataset version."),
      skipped ? element("button", { class: "primary", onclick: () => this.bringBack() }, "Bring back the skipped") : null);
  },

  bringBack() {
    this.skipped.clear();
    this.exhausted = false;
    this.fetchMore();
  },

  inputView(card) {
    const [first, ...others] = Object.entries(card.inputs);
    const pane = element("section", { class: "pane input", "aria-label": "Input" });
    pane.append(element("div", { class: "caption" }, first ? first[0] : ""));
    if (first) pane.append(element("h2", { class: "title" }, first[1] || "—"));
    const long = element("div", { class: "texts", tabindex: "0" });
    for (const [column, text] of others) {
      long.append(element("div", { class: "field" },
        element("div", { class: "caption" }, column),
        element("p", { class: text ? "text" : "text absent" }, text || "not given")));
    }
    pane.append(long);
    return pane;
  },

  labelView(card) {
    const valid = !this.data.labels.length || this.data.labels.includes(card.output);
    return element("section", { class: "pane label", "aria-label": "Label" },
      element("div", { class: "caption" }, `teacher, prompt v${card.prompt_version}`),
      element("p", { class: valid ? "given" : "given invalid" }, card.output || "no output"),
      valid ? null : element("p", { class: "warning" }, "Not one of the task's labels: correct or discard it."),
      this.editorView(),
      element("div", { class: "difference", "aria-live": "polite" }),
      this.tagsView(),
      element("input", {
        class: "note", type: "text", placeholder: "note", "aria-label": "Note", maxlength: "2000", value: this.draft.note,
        oninput: (event) => { this.draft.note = event.target.value; },
        onkeydown: (event) => { if (event.key === "Enter") event.target.blur(); },
      }));
  },

  editorView() {
    if (!this.data.labels.length) {
      return element("textarea", {
        class: "editor", rows: "5", "aria-label": "Output",
        oninput: (event) => { this.draft.output = event.target.value; this.showOutput(); },
      }, this.draft.output);
    }
    const list = element("div", { class: "choices", role: "listbox", id: "choices", "aria-label": "Labels" });
    const box = element("input", {
      class: "editor", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "choices",
      "aria-label": "Output: type to find a label", placeholder: "type to find a label", autocomplete: "off",
      oninput: () => this.showChoices(box.value),
      onkeydown: (event) => this.choiceKey(event),
      onfocus: () => this.showChoices(box.value),
    });
    return element("div", { class: "picker" }, box, list);
  },

  showChoices(typed = "") {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.data.labels.filter((label) => words.every((word) => label.toLowerCase().includes(word)));
    const rank = (label) => this.rankOf(label.toLowerCase(), typed.trim().toLowerCase(), words);
    this.choices = words.length ? found.sort((one, other) => rank(one) - rank(other)) : found;
    this.choice = typed ? 0 : Math.max(0, this.choices.indexOf(this.draft.output));
    this.drawChoices();
  },

  // The label itself, then one whose last part begins with, or has, what was typed, then the path's.
  rankOf(label, typed, words) {
    const leaf = label.slice(label.lastIndexOf(" > ") < 0 ? 0 : label.lastIndexOf(" > ") + 3);
    if (label === typed || leaf === typed) return 0;
    if (leaf.startsWith(typed)) return 1;
    return words.every((word) => leaf.includes(word)) ? 2 : 3;
  },

  drawChoices() {
    const list = this.find(".choices");
    if (!list) return;
    list.replaceChildren(...this.choices.slice(0, 50).map((label, index) => element("div", {
      role: "option", class: "choice", "aria-selected": String(label === this.draft.output),
      "data-active": index === this.choice && this.find(".editor") === this.root.activeElement,
      onmousedown: (event) => { event.preventDefault(); this.choose(label); },
    }, ...this.labelParts(label))));
    if (!this.choices.length) list.append(element("div", { class: "absent" }, "No label has all these words."));
  },

  labelParts(label) {
    const at = label.lastIndexOf(" > ");
    return at < 0 ? [label] : [
      element("span", { class: "leaf" }, label.slice(at + 3)),
      element("span", { class: "path", title: label }, label.slice(0, at)),
    ];
  },

  choiceKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.choices.length) {
      event.preventDefault();
      this.choice = (this.choice + step + this.choices.length) % this.choices.length;
      this.drawChoices();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && this.choices.length) {
      event.preventDefault();
      event.stopPropagation();
      this.choose(this.choices[this.choice]);
    }
  },

  choose(label) {
    this.draft.output = label;
    const box = this.find(".editor");
    box.value = "";
    box.blur();
    this.say("");
    this.showOutput();
  },

  leaveEditor() {
    const box = this.find(".editor");
    if (box && box === this.root.activeElement && this.data.labels.length && box.value && this.choices.length) {
      this.choose(this.choices[this.choice]);
    }
    this.root.activeElement?.blur();
  },

  edit() {
    const box = this.find(".editor");
    if (!box) return;
    box.focus();
    if (!this.data.labels.length) box.setSelectionRange(box.value.length, box.value.length);
  },

  reset() {
    const card = this.current();
    if (!card) return;
    this.draft.output = card.output ?? "";
    if (!this.data.labels.length) this.find(".editor").value = this.draft.output;
    this.showOutput();
  },

  showOutput() {
    const card = this.current();
    const before = card.output ?? "";
    const changed = this.draft.output !== before;
    const view = this.find(".difference");
    view.replaceChildren(...(changed ? differenceView(before, this.draft.output) : []));
    view.hidden = !changed;
    if (this.data.labels.length) this.showChoices(this.find(".editor")?.value ?? "");
    for (const name of ["approved", "corrected"]) {
      const button = this.find(`[data-decision="${name}"]`);
      if (button) button.dataset.ready = String(!this.faultOf(name, card, this.draft));
    }
  },

  tagsView() {
    if (!this.data.error_tags.length) return null;
    return element("div", { class: "tags", role: "group", "aria-label": "Error tags" },
      this.data.error_tags.map((tag, index) => element("button", {
        class: "tag", type: "button", title: tag.definition, "data-code": tag.code,
        "aria-pressed": String(this.draft.tags.has(tag.code)), onclick: () => this.toggleTag(index),
      }, index < 9 ? keyHint(String(index + 1)) : null, tag.name)));
  },

  toggleTag(index) {
    const tag = this.data.error_tags[index];
    if (!tag || this.current() === null) return;
    if (!this.draft.tags.delete(tag.code)) this.draft.tags.add(tag.code);
    const button = this.root.querySelectorAll(".tag")[index];
    button.setAttribute("aria-pressed", String(this.draft.tags.has(tag.code)));
  },

  actionsView() {
    const button = (key, text, name, act, more = "") => element("button", {
      class: `act ${name}`, type: "button", "data-decision": name, onclick: act, "aria-label": text + more,
    }, keyHint(key), element("span", {}, text, element("span", { class: "more" }, more)));
    return element("div", { class: "actions", role: "group", "aria-label": "Decision" },
      button("A", "Approve", "approved", () => this.decide("approved")),
      button("S", "Save", "corrected", () => this.decide("corrected"), " correction"),
      button("D", "Discard", "discarded", () => this.decide("discarded")),
      button("K", "Skip", "skip", () => this.skip()),
      button("U", "Undo", "undo", () => this.undo()));
  },

  showProgress() {
    if (!this.progress) return;
    const { total, mine, pending } = this.progress;
    const unsent = this.outbox.entries().reduce((sum, { entry }) => sum + (entry.method === "POST" ? 1 : -1), 0);
    const left = Math.max(0, pending - unsent);
    this.find(".progress").replaceChildren(
      element("strong", {}, left.toLocaleString()), ` left · ${Math.max(0, mine + unsent).toLocaleString()} by you · ${total.toLocaleString()} in all`);
  },

  showSaving(state, waiting) {
    const words = {
      saved: "saved", saving: `saving ${waiting}`,
      offline: `kept here, ${waiting} to send`, "signed-out": `signed out: sign in again, ${waiting} kept here`,
    };
    const mark = this.find(".saving");
    mark.textContent = words[state];
    mark.dataset.state = state;
    mark.dataset.waiting = String(waiting);
  },

  say(text, tone = "refused") {
    this.notice = text ?? "";
    const notice = this.find(".notice");
    notice.textContent = this.notice;
    notice.dataset.tone = tone;
  },

  toggleKeys(shown) {
    const sheet = this.find(".keys");
    sheet.hidden = shown === undefined ? !sheet.hidden : !shown;
  },
});

export default function mount({ parentElement, data }) {
  const held = parentElement.__card;
  if (held && held.scope === `${data.person}/${data.queue}`) {
    held.data = data;
    return () => { held.close(); delete parentElement.__card; };
  }
  held?.close();
  const sheet = parentElement.querySelector(".keys");
  sheet.replaceChildren(...KEYS.map(([key, meaning]) => element("div", {}, keyHint(key), element("span", {}, meaning))));
  const card = new QueueCard(parentElement, data);
  parentElement.__card = card;
  parentElement.querySelector(".help").onclick = () => card.toggleKeys();
  card.show();
  return () => { card.close(); delete parentElement.__card; };
}

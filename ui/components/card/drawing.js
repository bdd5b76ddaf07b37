// Drawing of the card: refilled for each record, so that the next one is there in the same frame
// as the key.

const EDITORS = { label: LabelEditor, labels: LabelsEditor, text: TextEditor, json: JsonEditor, chat: ChatEditor };

Object.assign(QueueCard.prototype, {
  show() {
    const card = this.current();
    this.say("");
    if (card === null) {
      this.editor = null;
      this.tags = null;
      this.panels.shown = null;
      this.find(".frame").replaceChildren(this.emptyView());
      this.showProgress();
      return;
    }
    this.draft = this.drafts.of(card);
    this.shownAt = performance.now();
    this.tags = new Tags(this);
    this.actions = element("div", { class: "actions", role: "group", "aria-label": "Decision" });
    this.find(".frame").replaceChildren(
      element("div", { class: "panes" }, inputView(card, this.data), this.labelView(card)), this.actions, this.panels.view);
    this.drawActions();
    this.panels.show(card);
    this.showProgress();
  },

  emptyView() {
    const { failed, exhausted, skipped } = this.supply;
    if (failed) return element("div", { class: "empty", role: "status" }, failed);
    if (!exhausted) return element("div", { class: "empty skeleton", role: "status", "aria-busy": "true" }, "Fetching records …");
    return element("div", { class: "empty", role: "status" },
      element("h2", {}, skipped.size ? `${skipped.size} skipped, the rest is done` : "This queue is done"),
      element("p", {}, skipped.size ? "Bring the skipped ones back, or go on to the dataset."
        : "Every record here has your decision. Freeze the approved ones into a dataset version."),
      skipped.size ? element("button", { class: "primary", onclick: () => { this.supply.bringBack(); this.show(); } }, "Bring back the skipped") : null);
  },

  labelView(card) {
    this.editor = new EDITORS[this.data.form.type]({
      card, data: this.data, form: this.data.form, draft: this.draft, original: card.blind ? null : card.output ?? "",
      pageLabels: this.pageLabels, serverLabels: this.serverLabels, active: () => this.root.activeElement,
      onChange: (output) => this.changeTo(output),
    });
    const source = card.blind ? "yours alone: the teacher's output is not shown" : `teacher, prompt v${card.prompt_version}`;
    const unsound = !card.blind && card.is_valid === false && !["label", "labels"].includes(this.data.form.type);
    return element("section", { class: "pane label", "aria-label": "Label" },
      element("div", { class: "caption" }, card.also_open ? `${source} · also open at someone else's` : source),
      unsound ? element("p", { class: "warning" }, "Not as the task asks for: correct or discard it.") : null,
      this.editor.view, ratingsView(this), this.tags.view,
      element("input", {
        class: "note", type: "text", placeholder: "note", "aria-label": "Note", maxlength: "2000", value: this.draft.note,
        oninput: (event) => { this.draft.note = event.target.value; this.keepDraft(); },
        onkeydown: (event) => { if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.target.blur(); },
      }));
  },

  changeTo(output) {
    this.draft.output = output;
    if (!this.isChanged()) this.draft.picked = "";
    this.keepDraft();
    this.say("");
    this.drawReady();
  },

  reset() {
    const card = this.current();
    if (card === null) return;
    this.changeTo(card.blind ? "" : card.output ?? "");
    this.editor.set(this.draft.output);
  },

  saveFromText() {
    if (this.current() === null) return;
    this.editor.leave();
    this.root.activeElement?.blur();
    this.decide(this.isChanged() || this.current().blind ? "corrected" : "approved");
  },

  drawActions() {
    const card = this.current();
    if (card === null) return;
    const button = (action, text, name, more = "") => element("button", {
      class: `act ${name}`, type: "button", "data-decision": name, onclick: () => COMMANDS[action](this),
    }, keyHint(this.keymap.name(action)), element("span", {}, text, element("span", { class: "more" }, more)));
    this.actions.replaceChildren(...[
      card.blind ? null : button("review.approve", "Approve", "approved"),
      button("review.save", "Save", "corrected", card.blind ? "" : " correction"),
      button("review.discard", "Discard", "discarded"),
      button("review.skip", "Skip", "skip"),
      button("review.undo", "Undo", "undo"),
      card.flagged === undefined ? null : button("review.flag", card.flagged ? "Flagged" : "Flag", "flag"),
    ].filter(Boolean));
    this.actions.querySelector(".flag")?.setAttribute("aria-pressed", String(card.flagged));
    this.drawReady();
  },

  drawReady() {
    for (const name of ["approved", "corrected"]) {
      const button = this.actions.querySelector(`[data-decision="${name}"]`);
      if (button) button.dataset.ready = String(name === "corrected" ? this.isChanged() : !this.isChanged() && !this.faultOf(name));
    }
  },

  showProgress() {
    if (!this.supply?.progress) return;
    const { total, mine, pending, target } = this.supply.progress;
    const unsent = this.outbox.unsentDecisions();
    const left = Math.max(0, pending - unsent);
    const aim = target ? [element("span", { class: "target" },
      `${Math.max(0, target.done + unsent).toLocaleString()} of ${target.count.toLocaleString()} ${target.per === "day" ? "today" : "to do"}`), " · "] : [];
    this.find(".progress").replaceChildren(
      ...aim, element("strong", {}, left.toLocaleString()), ` left · ${Math.max(0, mine + unsent).toLocaleString()} by you · ${total.toLocaleString()} in all`);
  },

  showSaving(state, waiting, why = "") {
    const words = {
      saved: "saved", saving: `saving ${waiting}`,
      offline: `kept here, ${waiting} to send`, "signed-out": `signed out, ${waiting} kept here.`,
    };
    const mark = this.find(".saving");
    const unkept = this.outbox?.unkept.size ? ` (this browser's store is full: keep the tab open)` : "";
    mark.replaceChildren(words[state] + unkept);
    if (state === "signed-out") mark.append(" ", element("a", { href: "/sign-in", target: "_blank" }, "Sign in"));
    if (state === "offline" && why) mark.append(element("span", { class: "why" }, why));
    mark.dataset.state = state;
    mark.dataset.waiting = String(waiting);
  },

  say(text, tone = "refused") {
    const notice = this.find(".notice");
    notice.textContent = text;
    notice.dataset.tone = tone;
    if (text && tone === "refused") notice.scrollIntoView({ block: "nearest" });
  },
});

export default function mount({ parentElement, data }) {
  const held = parentElement.__card;
  const leave = () => {
    parentElement.__card?.close();
    delete parentElement.__card;
  };
  if (held && held.scope === scopeOf(data)) {
    held.data = withForm(data);
    held.sources();
    if (held.supply.order !== (data.order ?? "")) held.supply.reorder(data.order ?? "");
    return leave;
  }
  held?.close();
  const card = new QueueCard(parentElement, data);
  parentElement.__card = card;
  parentElement.querySelector(".help").onclick = () => card.keysheet.toggle();
  return leave;
}

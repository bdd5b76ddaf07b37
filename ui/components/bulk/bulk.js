// The bulk page: choose, decide together, undo. It never reruns the page.

const CONFIRM_ABOVE = 50;
const DECIDED = { approved: "Approve", corrected: "Set", discarded: "Discard" };

class Bulk {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.saved = 0;
    this.tags = new Set();
    this.cells = new Cells(this.find(".cells"), () => this.choiceChanged());
    this.sending = new Sending(this);
    this.choice = new Choice(this);
    this.find(".all").onclick = () => this.cells.setAll(true);
    this.find(".none").onclick = () => this.cells.setAll(false);
    this.onKey = (event) => this.pressed(event);
    this.onOnline = () => this.sending.outbox.send();
    document.addEventListener("keydown", this.onKey, true);
    window.addEventListener("online", this.onOnline);
    this.drawActs();
    this.sending.outbox.send();
    this.choice.fetch();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  say(words, tone = "") {
    const notice = this.find(".notice");
    notice.textContent = words;
    notice.dataset.tone = tone;
  }

  show(found) {
    this.cells.show(found);
    if (!found.length) {
      const asked = this.choice.words.value.trim();
      const words = asked ? `No waiting record has these words: ${asked}` : "Nothing waits here: every record is decided.";
      this.cells.view.replaceChildren(element("p", { class: "nothing" }, this.choice.fetched.total ? "No waiting record is like that. Choose something else above." : words));
    }
  }

  choiceChanged() {
    const { shown, chosen } = this.cells;
    const total = Math.max(this.choice.fetched.total - (this.choice.fetched.cells.length - this.choice.waiting().length), shown.length);
    const of = total > shown.length ? ` of ${total.toLocaleString()}` : "";
    const { held } = this.choice.fetched;
    const others = held ? ` · ${held.toLocaleString()} in other people’s hands` : "";
    this.find(".shown").textContent = `${shown.length.toLocaleString()}${of} shown · ${chosen.size.toLocaleString()} chosen${others}`;
    this.root.querySelectorAll("[data-needs-choice]").forEach((button) => { button.disabled = chosen.size === 0; });
  }

  showSaving(state) {
    const waiting = this.sending.unsent();
    const words = { saved: this.saved ? `saved ${this.saved.toLocaleString()}` : "", saving: `saving, ${waiting.toLocaleString()} to go`,
      offline: `kept in this browser, ${waiting.toLocaleString()} to go; sending again`, "signed-out": "signed out: sign in again, nothing is lost" };
    const view = this.find(".saving");
    view.textContent = words[state];
    view.dataset.state = state;
  }

  counted(saved) {
    this.saved += saved;
  }

  showRefused() {
    const list = this.find(".refused");
    const { refused } = this.sending;
    const titles = new Map(this.choice.fetched.cells.map((cell) => [cell.argilla_id, Object.values(cell.inputs).find(Boolean) ?? cell.record_id]));
    list.hidden = refused.length === 0;
    list.replaceChildren(...refused.slice(0, 100).map(({ record, what }) => element("li", {},
      element("strong", { dir: "auto" }, ...visible((titles.get(record) ?? record).slice(0, 80))), ` ${what}`)));
    if (refused.length > 100) list.append(element("li", {}, `and ${(refused.length - 100).toLocaleString()} more`));
    if (refused.length) this.choice.draw();
  }

  drawActs() {
    const { labels, error_tags: tags } = this.data;
    const act = (words, key, run, more = {}) => element("button", { type: "button", class: "act", "data-needs-choice": true, "aria-keyshortcuts": key, onclick: run, ...more }, words, " ", keyHint(key));
    this.label = labels.length ? element("select", { class: "label", "aria-label": "The label to set" },
      element("option", { value: "" }, "Label…"), ...labels.map((label) => element("option", { value: label }, label))) : null;
    const tag = tags.length ? element("details", { class: "tags" }, element("summary", {}, "Error tags"),
      ...tags.map(({ code, name }) => element("label", {}, element("input", { type: "checkbox", value: code,
        onchange: (event) => { if (event.target.checked) this.tags.add(code); else this.tags.delete(code); } }), ` ${name}`))) : null;
    this.find(".acts").replaceChildren(...[
      act("Approve", "A", () => this.decide("approved"), { class: "act main" }),
      this.label, this.label ? act("Set label", "L", () => this.decide("corrected")) : null,
      act("Discard", "D", () => this.decide("discarded")), tag,
      act("Undo", "U", () => this.sending.undo(), { "data-needs-choice": null }),
    ].filter(Boolean));
    this.choiceChanged();
  }

  decide(decision) {
    const chosen = this.cells.shown.filter((cell) => this.cells.chosen.has(cell.argilla_id));
    if (!chosen.length) return this.say("Choose records first: click them, or use the arrow keys and Space.");
    if (decision === "corrected" && !this.label?.value) return this.say("Choose the label to set first.");
    if (decision === "corrected" && this.data.tags_required && !this.tags.size) return this.say("Say with an error tag what was wrong: this task asks for one with each correction.");
    const sent = { decision, error_tags: [...this.tags], ...(decision === "corrected" ? { output: this.label.value } : {}) };
    if (chosen.length <= CONFIRM_ABOVE) return this.send(chosen, sent);
    return this.confirm(chosen, sent);
  }

  confirm(chosen, sent) {
    const many = chosen.length.toLocaleString();
    const what = { approved: "Each keeps what its teacher said.", corrected: `Each gets the label "${sent.output}".`, discarded: "None of them will be trained on." }[sent.decision];
    const no = () => { this.asking = null; this.drawActs(); };
    const yes = element("button", { type: "button", class: "act main", onclick: () => { no(); this.send(chosen, sent); } }, `${DECIDED[sent.decision]} all ${many}`);
    this.asking = no;
    this.find(".acts").replaceChildren(element("p", { class: "ask" }, `This decides ${many} records at once. ${what} Undo takes all of it back.`),
      yes, element("button", { type: "button", class: "act", onclick: no }, "Not yet"));
    yes.focus();
  }

  send(chosen, sent) {
    this.saved = 0;
    this.say("");
    this.sending.send(chosen, sent);
    this.cells.chosen.clear();
    this.tags.clear();
    this.drawActs();
    this.choice.draw();
  }

  pressed(event) {
    const active = this.root.activeElement ?? document.activeElement;
    if (event.altKey || event.isComposing || event.repeat) return;
    if (active?.matches?.("input:not([type=checkbox]), textarea, select")) return;
    if (document.activeElement !== document.body && document.activeElement !== this.root.host && !this.root.activeElement) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") this.cells.setAll(true);
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === "Escape") { if (this.asking) this.asking(); else this.cells.setAll(false); }
    else if (this.asking) return;
    else if (!{ a: 1, l: 1, d: 1, u: 1 }[event.key.toLowerCase()]) return;
    else ({ a: () => this.decide("approved"), l: () => (this.label?.value ? this.decide("corrected") : this.label?.focus()),
      d: () => this.decide("discarded"), u: () => this.sending.undo() })[event.key.toLowerCase()]();
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    document.removeEventListener("keydown", this.onKey, true);
    window.removeEventListener("online", this.onOnline);
    this.choice.close();
    this.sending.outbox.close();
  }
}

export default function mount({ parentElement, data }) {
  const leave = () => {
    parentElement.bulk?.close();
    delete parentElement.bulk;
  };
  const held = parentElement.bulk;
  if (held && held.data.queue === data.queue && held.data.person === data.person) return leave;
  held?.close();
  parentElement.bulk = new Bulk(parentElement, data);
  return leave;
}

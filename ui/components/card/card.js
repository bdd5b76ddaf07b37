// The queue card: shows one record, takes a decision by key or click, shows the next one at once
// and lets the outbox send behind it. It never reruns the page.

class QueueCard {
  constructor(root, data) {
    this.root = root;
    this.data = withForm(data);
    this.scope = scopeOf(data);
    this.keymap = new Keymap(data.person, data.keys ?? {});
    this.drafts = new Drafts(this.scope);
    this.steps = new Steps(this.scope);
    this.draft = null;
    this.outbox = new Outbox(this.scope, {
      onChange: (state, waiting, why) => this.showSaving(state, waiting, why),
      onAcknowledged: (entry) => this.acknowledged(entry),
      onRefused: (entry, answer) => this.refused(entry, answer),
    });
    this.supply = new Supply(data, {
      taken: () => this.outbox.recordIds(),
      onChange: (wasEmpty) => (wasEmpty ? this.show() : this.showProgress()),
    });
    this.sources();
    this.conflicts = new Conflicts(this);
    this.panels = new Panels(this);
    this.keysheet = new Keysheet(this);
    this.listen();
    this.show();
    this.outbox.send();
    this.supply.fetchMore();
  }

  sources() {
    this.pageLabels = new PageLabels(this.data.form.labels ?? []);
    this.serverLabels = new ServerLabels(this.data.queue);
  }

  listen() {
    this.onKey = (event) => pressed(this, event);
    this.onOnline = () => this.outbox.send();
    document.addEventListener("keydown", this.onKey, true);
    window.addEventListener("online", this.onOnline);
  }

  close() {
    document.removeEventListener("keydown", this.onKey, true);
    window.removeEventListener("online", this.onOnline);
    this.supply.close();
    this.drafts.close();
    this.panels.close();
    this.outbox.close();
  }

  current() {
    return this.supply.current();
  }

  isChanged() {
    const card = this.current();
    return !sameOutput(this.data.form, this.draft.output, card.blind ? "" : card.output ?? "");
  }

  keepDraft() {
    this.drafts.keep(this.current(), this.draft);
  }

  pick(other) {
    this.draft.output = other.output;
    this.draft.picked = other.label_id;
    this.keepDraft();
    this.editor.set(other.output);
    this.drawReady();
    this.find(".label").scrollIntoView({ block: "nearest" });
    this.say("Taken over: save it as a correction, or reset it.", "done");
  }

  secondsSpent() {
    return Math.round((performance.now() - this.shownAt) / 100) / 10;
  }

  find(selector) {
    return this.root.querySelector(selector);
  }
}

function scopeOf(data) {
  return `${data.person}/${data.queue}`;
}

function withForm(data) {
  return data.form ? data : { ...data, form: { type: data.labels?.length ? "label" : "text", labels: data.labels, label_count: data.labels?.length ?? 0 } };
}

// What the server answers to the outbox, and what the card does about it.

Object.assign(QueueCard.prototype, {
  acknowledged(entry, answer) {
    if (entry.route === FLAGS) return;
    const refused = answer?.refused ?? []; // of several records decided together, some
    this.supply.count((entry.method === "POST" ? 1 : -1) * ((entry.records?.length ?? 1) - refused.length));
    if (refused.length) {
      const [first] = refused;
      this.say(`${refused.length} of ${entry.records.length} were not decided and wait again: ${first.what}`);
      this.waitAgain(entry, refused);
    }
    this.showProgress();
  },

  // Records that a decision on several left out are shown again when their turn comes.
  waitAgain(entry, refused) {
    const left = new Set(refused.map((each) => each.record));
    entry.body.records.forEach((record, place) => {
      if (left.has(record)) this.supply.decided.delete(entry.records[place]);
    });
    this.supply.refill();
  },

  refused(entry, answer) {
    const words = [answer.what, answer.next_step].filter(Boolean).join(" ");
    if (entry.route === FLAGS) {
      this.say(words || "The flag was refused.");
    } else if (entry.method === "DELETE" && answer.stands) {
      this.keptInstead(entry.body.record_id, answer.stands);
    } else if (entry.method === "DELETE") {
      this.say(words || "The server refused to take that back.");
    } else if (answer.stands) {
      const step = this.steps.without(entry.body.record_id);
      this.conflicts.add(entry, answer.stands, step ? { output: step.card.output, title: Object.values(step.card.inputs)[0] } : null);
    } else if (answer.gone) {
      const [title] = Object.values(this.steps.without(entry.body.record_id)?.card.inputs ?? {});
      this.say(`${title ? `“${brief(title)}”` : "A record"} was deleted meanwhile. It is skipped; your other decisions stand.`);
    } else {
      this.refusedDecision(entry, words);
    }
    this.showProgress();
  },

  // An undoing met another answer of the person's: that one stays, and its record waits no more.
  keptInstead(recordId, { decision, output }) {
    const shown = this.current()?.record_id === recordId;
    this.supply.decided.add(recordId);
    this.drafts.drop(recordId);
    this.supply.take(recordId);
    if (shown) this.show();
    this.say(`Not taken back: you decided on this record anew since, elsewhere. This stands: ${decision}${output ? ` “${brief(output)}”` : ""}.`);
  },

  refusedDecision(entry, words) {
    const ids = entry.records ?? [entry.body.record_id];
    ids.forEach((id) => this.supply.decided.delete(id));
    const step = this.steps.without(ids[0]);
    if (step) this.bringBack(step);
    this.say(words || "The server refused this decision.");
  },

  flag() {
    const card = this.current();
    if (card === null || card.flagged === undefined) return;
    card.flagged = !card.flagged;
    const body = {
      queue: this.data.queue, record: card.argilla_id, record_id: card.record_id, flagged: card.flagged,
      note: this.draft.note, client_id: newClientId(),
    };
    this.outbox.add("POST", body, { route: FLAGS, records: [] });
    this.drawActions();
    this.say(card.flagged ? "Flagged for discussion." : "The flag is taken off.", "done");
  },
});

// Decisions: taken, refused where the page already knows better, skipped, and taken back.

Object.assign(QueueCard.prototype, {
  decide(decision) {
    const card = this.current();
    if (card === null) return;
    const fault = this.faultOf(decision);
    if (fault) {
      this.say(fault);
      return;
    }
    const { draft } = this;
    const body = {
      queue: this.data.queue, record: card.argilla_id, record_id: card.record_id, label_id: card.label_id,
      base_version: card.base_version ?? null, decision, output: decision === "corrected" ? draft.output : null,
      error_tags: [...draft.tags], note: draft.note, ...this.extras(),
      seconds_spent: this.secondsSpent(), client_id: newClientId(),
    };
    this.supply.decided.add(card.record_id);
    this.leaveRecord("decision", { client_id: body.client_id });
    this.outbox.add("POST", body);
    this.advance();
  },

  // What only some decisions carry.
  extras() {
    const { draft } = this;
    const reasons = Object.fromEntries(Object.entries(draft.reasons).filter(([code, text]) => draft.tags.has(code) && text.trim()));
    return {
      ...(Object.keys(reasons).length ? { tag_reasons: reasons } : {}),
      ...(Object.keys(draft.ratings).length ? { ratings: draft.ratings } : {}),
      ...(draft.picked ? { picked_label_id: draft.picked } : {}),
    };
  },

  faultOf(decision) {
    if (decision === "discarded") return "";
    const { keymap, draft, data } = this;
    const card = this.current();
    const changed = this.isChanged();
    if (decision === "approved") {
      if (card.blind) return `Here nothing is suggested: write the output, then save it (${keymap.name("review.save")}).`;
      if (changed) {
        return `You changed the output: save it as a correction (${keymap.name("review.save")}), or reset it (${keymap.name("review.reset")}) to approve.`;
      }
      if (card.is_valid === false) return outputFault(data.form, card.output ?? "") || "The output is not as the task asks for: correct or discard it.";
      return outputFault(data.form, card.output ?? "");
    }
    if (!card.blind && !changed && draft.output) {
      return `Nothing is changed yet: approve it (${keymap.name("review.approve")}), or edit it first (${keymap.name("review.edit")}).`;
    }
    const fault = outputFault(data.form, draft.output);
    if (fault) return fault;
    return data.tags_required && !card.blind && !draft.tags.size ? "Say with an error tag (1-9) what was wrong: this task asks for one with each correction." : "";
  },

  // The same decision for this record and its near-duplicates, as one step.
  decideSame(decision, others) {
    const card = this.current();
    const fault = this.faultOf(decision);
    if (fault) {
      this.say(fault);
      return;
    }
    const records = [card, ...others];
    const body = {
      queue: this.data.queue, records: records.map((each) => each.argilla_id), decision,
      output: decision === "discarded" ? null : this.draft.output, error_tags: [...this.draft.tags], client_id: newClientId(),
    };
    const ids = records.map((each) => each.record_id);
    ids.forEach((id) => this.supply.decided.add(id));
    this.leaveRecord("same", { client_id: body.client_id, ids });
    ids.forEach((id) => this.supply.take(id));
    this.outbox.add("POST", body, { route: SAME, records: ids });
    this.advance();
  },

  skip() {
    const card = this.current();
    if (card === null) return;
    this.supply.skipped.add(card.record_id);
    this.supply.giveBack([card.record_id]);
    this.leaveRecord("skip");
    this.advance();
  },

  leaveRecord(kind, more = {}) {
    const card = this.current();
    this.steps.push({ kind, card, draft: packed(this.draft), ...more });
    this.drafts.drop(card.record_id);
    this.supply.take(card.record_id);
  },

  undo() {
    const step = this.steps.pop();
    if (!step) {
      this.say("Nothing to undo in this tab.");
      return;
    }
    const { queue } = this.data;
    if (step.kind === "decision") {
      this.outbox.add("DELETE", { queue, record: step.card.argilla_id, record_id: step.card.record_id, of: step.client_id ?? "", client_id: newClientId() });
    } else if (step.kind === "same") {
      step.ids.forEach((id) => this.supply.decided.delete(id));
      this.outbox.add("DELETE", { queue, client_id: step.client_id }, { route: SAME, records: step.ids });
    }
    this.bringBack(step);
    this.say(step.kind === "same" ? `Undone: all ${step.ids.length} records wait again.` : "Undone: the record is back as you left it.", "done");
  },

  bringBack(step) {
    this.supply.putBack(step.card);
    this.drafts.keep(step.card, unpacked(step.draft));
    this.show();
  },

  advance() {
    const frame = this.find(".frame");
    const scrolledPast = frame.getBoundingClientRect().top < 0; // read before drawing: after it costs a layout
    this.show();
    if (scrolledPast) frame.scrollIntoView({ block: "start" });
    this.supply.refill();
  },

  look(step) {
    if (this.current() === null) return;
    if (this.supply.move(step)) this.show();
    else this.say(step < 0 ? `This is the first one that waits. ${this.keymap.name("review.undo")} takes your last decision back.`
      : "This is the last one fetched so far.", "done");
  },
});

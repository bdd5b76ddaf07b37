// The queue card: shows one record, takes a decision by key or click, shows the next one at
// once and lets the outbox send behind it. It never reruns the page.

const PREFETCH = 30;
const REFILL_BELOW = 12;
const EMPTY_RECHECK_MS = 4000;

class QueueCard {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.scope = `${data.person}/${data.queue}`;
    this.cards = [];
    this.past = JSON.parse(sessionStorage.getItem(this.stackKey()) ?? "[]");
    this.skipped = new Set();
    this.decided = new Set();
    this.fetching = false;
    this.exhausted = false;
    this.failed = "";
    this.notice = "";
    this.draft = null;
    this.outbox = new Outbox(this.scope, {
      onChange: (state, waiting) => this.showSaving(state, waiting),
      onAcknowledged: (entry) => this.acknowledged(entry),
      onRefused: (entry, answer) => this.refused(entry, answer),
    });
    this.onKey = (event) => this.key(event);
    this.onOnline = () => this.outbox.send();
    document.addEventListener("keydown", this.onKey, true);
    window.addEventListener("online", this.onOnline);
    this.progress = data.progress;
    this.outbox.send();
    this.fetchMore();
  }

  stackKey() {
    return `understudy/undo/${this.data.person}/${this.data.queue}`;
  }

  close() {
    document.removeEventListener("keydown", this.onKey, true);
    window.removeEventListener("online", this.onOnline);
    clearTimeout(this.recheck);
    this.outbox.close();
    this.closed = true;
  }

  current() {
    return this.cards[0] ?? null;
  }

  // --- cards in ---------------------------------------------------------------------------

  async fetchMore() {
    if (this.fetching || this.closed) return;
    this.fetching = true;
    clearTimeout(this.recheck);
    const held = new Set([...this.outbox.recordIds(), ...this.decided, ...this.skipped,
      ...this.cards.map((card) => card.record_id)]);
    const query = new URLSearchParams({ queue: this.data.queue, limit: PREFETCH });
    try {
      const response = await fetch(`/api/cards?${query}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ exclude: [...held] }),
        credentials: "same-origin",
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.what ?? "");
      const wasEmpty = this.current() === null;
      for (const card of answer.cards) {
        if (!held.has(card.record_id)) this.cards.push(card);
      }
      this.progress = answer.progress;
      this.exhausted = answer.cards.length === 0;
      this.failed = "";
      if (wasEmpty) this.show();
      else this.showProgress();
    } catch (fault) {
      this.failed = fault.message || "The app does not answer. Trying again …";
      if (this.current() === null) this.show();
    } finally {
      this.fetching = false;
    }
    if (this.current() === null || this.failed) {
      this.recheck = setTimeout(() => this.fetchMore(), EMPTY_RECHECK_MS);
    }
  }

  // --- decisions out ----------------------------------------------------------------------

  decide(decision) {
    const card = this.current();
    if (card === null) return;
    const draft = this.draft;
    const fault = this.faultOf(decision, card, draft);
    if (fault) {
      this.say(fault);
      return;
    }
    const body = {
      queue: this.data.queue,
      record: card.argilla_id,
      record_id: card.record_id,
      label_id: card.label_id,
      base_version: card.base_version ?? null,
      decision,
      output: decision === "discarded" ? null : decision === "approved" ? card.output : draft.output,
      error_tags: [...draft.tags],
      note: draft.note,
      seconds_spent: Math.round(this.secondsSpent() * 10) / 10,
      client_id: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`,
    };
    this.decided.add(card.record_id);
    this.cards.shift();
    this.remember({ kind: "decision", card, draft: { ...draft, tags: [...draft.tags] } });
    this.outbox.add("POST", body);
    this.advance();
  }

  faultOf(decision, card, draft) {
    if (decision === "approved" && card.output !== draft.output) {
      return "You changed the output: save it as a correction (S), or reset it (R) to approve.";
    }
    const output = decision === "approved" ? card.output : draft.output;
    if (decision === "discarded") return "";
    if (!output) return "There is no output to keep: write one, or discard the record.";
    if (this.data.labels.length && !this.data.labels.includes(output)) {
      return `“${output}” is not one of the ${this.data.labels.length} labels: choose one, or discard.`;
    }
    if (decision === "corrected" && output === card.output) {
      return "Nothing is changed yet: approve it (A), or edit it first (E).";
    }
    return "";
  }

  skip() {
    const card = this.cards.shift();
    if (!card) return;
    this.skipped.add(card.record_id);
    this.remember({ kind: "skip", card, draft: { ...this.draft, tags: [...this.draft.tags] } });
    this.advance();
  }

  undo() {
    const step = this.past.pop();
    if (!step) {
      this.say("Nothing to undo in this tab.");
      return;
    }
    sessionStorage.setItem(this.stackKey(), JSON.stringify(this.past));
    if (step.kind === "decision") {
      this.outbox.add("DELETE", {
        queue: this.data.queue,
        record: step.card.argilla_id,
        record_id: step.card.record_id,
        client_id: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`,
      });
    }
    this.decided.delete(step.card.record_id);
    this.skipped.delete(step.card.record_id);
    this.cards = [step.card, ...this.cards.filter((card) => card.record_id !== step.card.record_id)];
    this.notice = "";
    this.show({ ...step.draft, tags: new Set(step.draft.tags) });
    this.say("Undone: the record is back as you left it.", "done");
  }

  remember(step) {
    this.past.push(step);
    this.past = this.past.slice(-200);
    sessionStorage.setItem(this.stackKey(), JSON.stringify(this.past));
  }

  advance() {
    this.notice = "";
    this.show();
    if (this.cards.length < REFILL_BELOW) this.fetchMore();
  }

  acknowledged(entry) {
    const step = entry.method === "POST" ? 1 : -1;
    this.progress = {
      ...this.progress, mine: this.progress.mine + step, pending: this.progress.pending - step,
    };
    this.showProgress();
  }

  refused(entry, answer) {
    this.decided.delete(entry.body.record_id);
    const step = this.past.findLast((past) => past.card.record_id === entry.body.record_id);
    if (step) {
      this.past = this.past.filter((past) => past !== step);
      this.cards = [step.card, ...this.cards];
      this.show({ ...step.draft, tags: new Set(step.draft.tags) });
    }
    this.say([answer.what, answer.next_step].filter(Boolean).join(" ") || "The server refused this decision.");
  }

  secondsSpent() {
    return (performance.now() - this.shownAt) / 1000;
  }

  // --- keys -------------------------------------------------------------------------------

  typing() {
    const active = this.root.activeElement ?? document.activeElement;
    const outer = document.activeElement;
    const writes = (node) => node && (node.matches?.("input, textarea, select") || node.isContentEditable);
    return writes(active) || (writes(outer) && outer !== this.root.host);
  }

  key(event) {
    if (event.isComposing || event.altKey) return;
    if (event.key === "Escape") {
      this.root.activeElement?.blur();
      this.toggleKeys(false);
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      this.leaveEditor();
      this.decide(this.current() && this.draft.output === this.current().output ? "approved" : "corrected");
      return;
    }
    if (event.ctrlKey || event.metaKey || this.typing()) return;
    const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
    const action = digit ? () => this.toggleTag(digit - 1) : this.actions()[event.key.toLowerCase()];
    if (!action || event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  actions() {
    return {
      a: () => this.decide("approved"),
      s: () => this.decide("corrected"),
      d: () => this.decide("discarded"),
      k: () => this.skip(),
      u: () => this.undo(),
      e: () => this.edit(),
      r: () => this.reset(),
      n: () => this.find(".note")?.focus(),
      "?": () => this.toggleKeys(),
    };
  }

  find(selector) {
    return this.root.querySelector(selector);
  }
}

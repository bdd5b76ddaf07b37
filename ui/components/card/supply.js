// The supply: the next records of the queue, in the page before they are asked for.

const PREFETCH_FIRST = 5; // the first record is painted before the others are fetched
const PREFETCH = 40;
const REFILL_BELOW = 20;
const EMPTY_RECHECK_MS = 4000;
const HOLD_EVERY_MS = 40000; // the shortest lease lasts a minute
const LEASES = "/api/leases";

class Supply {
  // `taken` gives the records that must not come again; `onChange(wasEmpty)` hears of what came.
  constructor(data, { taken, onChange }) {
    this.queue = data.queue;
    this.order = data.order ?? "";
    this.progress = data.progress;
    this.taken = taken;
    this.onChange = onChange;
    this.cards = [];
    this.at = 0;
    this.skipped = new Set();
    this.decided = new Set();
    this.fetching = false;
    this.exhausted = false;
    this.fetched = false;
    this.failed = "";
    this.onLeave = () => {
      const release = this.cards.map((card) => card.record_id);
      if (release.length) navigator.sendBeacon(LEASES, new Blob([JSON.stringify({ queue: this.queue, release })], { type: "application/json" }));
    };
    window.addEventListener("pagehide", this.onLeave);
    this.holding = setInterval(() => this.hold(), HOLD_EVERY_MS);
  }

  current() {
    return this.cards[this.at] ?? null;
  }

  async fetchMore() {
    if (this.fetching || this.closed) return;
    this.fetching = true;
    clearTimeout(this.recheck);
    const held = new Set([...this.taken(), ...this.decided, ...this.skipped,
      ...this.cards.map((card) => card.record_id)]);
    const limit = this.fetched ? PREFETCH : PREFETCH_FIRST;
    let wasEmpty = this.current() === null;
    const { order } = this;
    try {
      const answer = await this.ask(held, limit);
      if (this.closed || order !== this.order) {
        await this.giveBack(answer.cards.map((card) => card.record_id));
        answer.cards = [];
      }
      wasEmpty = this.current() === null; // the last one may have been decided while these were on their way
      const now = new Set([...this.taken(), ...this.decided, ...this.cards.map((card) => card.record_id)]);
      for (const card of answer.cards) {
        if (!now.has(card.record_id)) this.cards.push(card); // decided or undone while it was on its way
      }
      this.progress = answer.progress;
      this.exhausted = answer.cards.length === 0;
      this.fetched = true;
      this.failed = "";
    } catch (fault) {
      this.failed = fault.message || "The app does not answer. Trying again …";
    } finally {
      this.fetching = false;
    }
    if (this.closed) return;
    if (order !== this.order) {
      this.exhausted = false;
      this.fetchMore();
      return;
    }
    this.onChange(wasEmpty);
    if (this.current() === null || this.failed) {
      this.recheck = setTimeout(() => this.fetchMore(), EMPTY_RECHECK_MS);
    } else if (limit === PREFETCH_FIRST && !this.exhausted) {
      this.fetchMore();
    }
  }

  async ask(held, limit) {
    const query = new URLSearchParams({ queue: this.queue, limit, ...(this.order ? { order: this.order } : {}) });
    const response = await fetch(`/api/cards?${query}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ exclude: [...held] }),
      credentials: "same-origin",
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error([answer.what, answer.next_step].filter(Boolean).join(" "));
    return answer;
  }

  refill() {
    if (this.cards.length < REFILL_BELOW) this.fetchMore();
  }

  // Takes a record off the pile; what stood behind it is the current one.
  take(recordId) {
    this.cards = this.cards.filter((card) => card.record_id !== recordId);
    this.at = Math.min(this.at, Math.max(0, this.cards.length - 1));
  }

  // Puts a record where the person is.
  putBack(card) {
    this.decided.delete(card.record_id);
    this.skipped.delete(card.record_id);
    const others = this.cards.filter((other) => other.record_id !== card.record_id);
    this.at = Math.min(this.at, others.length);
    this.cards = [...others.slice(0, this.at), card, ...others.slice(this.at)];
  }

  move(step) {
    const wanted = this.at + step;
    if (wanted < 0 || wanted >= this.cards.length) return false;
    this.at = wanted;
    return true;
  }

  bringBack() {
    this.skipped.clear();
    this.exhausted = false;
    this.fetchMore();
  }

  count(step) {
    const { mine, pending, target } = this.progress;
    this.progress = {
      ...this.progress, mine: mine + step, pending: pending - step,
      target: target ? { ...target, done: target.done + step } : target,
    };
  }

  // Lets others have these records.
  giveBack(ids) {
    return ids.length ? this.tell({ release: ids }) : Promise.resolve();
  }

  // Holds what is in the page for longer.
  hold() {
    const ids = this.cards.map((card) => card.record_id);
    if (ids.length) this.tell({ keep: ids });
  }

  // A lease that is lost costs little: nobody is told.
  async tell(what) {
    const body = JSON.stringify({ queue: this.queue, ...what });
    try {
      await fetch(LEASES, { method: "POST", headers: { "Content-Type": "application/json" }, body, credentials: "same-origin" });
    } catch {
      return;
    }
  }

  // Another order: what is in the page goes back, drafts stay.
  async reorder(order) {
    this.order = order;
    const ids = this.cards.map((card) => card.record_id);
    this.cards = [];
    this.at = 0;
    this.exhausted = false;
    this.fetched = false;
    await this.giveBack(ids);
    this.onChange(true);
    this.fetchMore();
  }

  close() {
    if (!this.closed) this.onLeave();
    this.closed = true;
    clearInterval(this.holding);
    window.removeEventListener("pagehide", this.onLeave);
    clearTimeout(this.recheck);
  }
}

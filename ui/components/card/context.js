// The context of a record: what was decided nearby, fetched once, when the page is idle or a panel
// is open. A server without the route leaves the card with its guidelines.

const CONTEXT_IDLE_MS = 350;
const CONTEXTS_KEPT = 30;

class Context {
  constructor(queue) {
    this.queue = queue;
    this.kept = new Map();
    this.offered = true;
  }

  // The context of a card, or null where there is none.
  of(card) {
    if (!this.offered) return Promise.resolve(null);
    if (!this.kept.has(card.argilla_id)) {
      this.kept.set(card.argilla_id, this.fetch(card));
      if (this.kept.size > CONTEXTS_KEPT) this.kept.delete(this.kept.keys().next().value);
    }
    return this.kept.get(card.argilla_id);
  }

  async fetch(card) {
    try {
      const query = new URLSearchParams({ queue: this.queue, record: card.argilla_id });
      const response = await fetch(`/api/context?${query}`, { credentials: "same-origin" });
      const answer = await response.json().catch(() => null);
      if (!response.ok && answer === null) this.offered = false;
      return response.ok ? answer : null;
    } catch {
      this.kept.delete(card.argilla_id); // asked again when it is wanted again
      return null;
    }
  }

  // Asks once the person has stayed on a record; `then` hears the answer.
  later(card, then) {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => then(await this.of(card)), CONTEXT_IDLE_MS);
  }

  close() {
    clearTimeout(this.timer);
  }
}

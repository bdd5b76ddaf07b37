// The outbox: a decision is written to localStorage first and sent behind the person's back.
// Every entry has a key of its own, so tabs never overwrite each other's; one tab sends at a
// time (navigator.locks where the page may use it); the server takes a client id once, so a
// second sending of the same entry changes nothing.

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 5000;
const REQUEST_LIMIT_MS = 15000;
const REVIEWS = "/api/reviews";
const SAME = "/api/reviews/same";
const FLAGS = "/api/flags";

function newClientId() {
  return crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
}

class Outbox {
  constructor(scope, { onChange, onAcknowledged, onRefused }) {
    this.prefix = `understudy/outbox/${scope}/`;
    this.onChange = onChange;
    this.onAcknowledged = onAcknowledged;
    this.onRefused = onRefused;
    this.state = "saved"; // saved | saving | offline | signed-out
    this.retryMs = RETRY_FIRST_MS;
    this.closed = false;
    this.sending = false;
    this.timer = null;
    this.versions = new Map(); // of decisions acknowledged in this tab, for their undoing
    this.unkept = new Map(); // what the browser's full store refused: in this tab's memory alone
  }

  entries() {
    const kept = Object.keys(localStorage)
      .filter((key) => key.startsWith(this.prefix))
      .map((key) => ({ key, entry: JSON.parse(localStorage.getItem(key)) }))
      .filter(({ entry }) => entry !== null);
    const unkept = [...this.unkept].map(([key, entry]) => ({ key, entry }));
    return [...kept, ...unkept].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  recordIds() {
    return new Set(this.entries().flatMap(({ entry }) => entry.records ?? [entry.body.record_id]));
  }

  // How many records the unsent decisions take from those that wait; undoings bring theirs back.
  unsentDecisions() {
    return this.entries().reduce((sum, { entry }) => {
      if (entry.route === FLAGS) return sum;
      return sum + (entry.method === "POST" ? 1 : -1) * (entry.records?.length ?? 1);
    }, 0);
  }

  add(method, body, { route = REVIEWS, records } = {}) {
    const order = String(Date.now()).padStart(15, "0") + String(Outbox.count++).padStart(6, "0");
    const key = `${this.prefix}${order}-${body.client_id}`;
    const entry = { method, route, body, records };
    try {
      localStorage.setItem(key, JSON.stringify(entry));
    } catch {
      this.unkept.set(key, entry);
    }
    this.changeTo(this.state === "saved" ? "saving" : this.state);
    this.send();
  }

  async send() {
    if (this.sending || this.closed) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      const work = () => this.sendAll();
      if (navigator.locks) await navigator.locks.request(this.prefix, work);
      else await work();
    } finally {
      this.sending = false;
    }
    const waiting = this.entries().length;
    if (waiting && !this.closed) {
      this.timer = setTimeout(() => this.send(), this.state === "saving" ? 0 : this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, RETRY_MOST_MS);
    } else {
      this.retryMs = RETRY_FIRST_MS;
    }
  }

  async sendAll() {
    for (const { key, entry } of this.entries()) {
      if (this.closed) return;
      this.changeTo("saving");
      const outcome = await this.sendOne(entry);
      if (outcome.again) {
        this.changeTo(outcome.again, outcome.why);
        return;
      }
      localStorage.removeItem(key);
      this.unkept.delete(key);
      this.retryMs = RETRY_FIRST_MS;
      if (outcome.refused) this.onRefused(entry, outcome.refused);
      else this.onAcknowledged(entry, outcome.answer);
    }
    this.changeTo(this.entries().length ? "saving" : "saved"); // some came while these were sent
  }

  async sendOne(entry) {
    const route = entry.route ?? REVIEWS;
    let response;
    try {
      response = await fetch(route, {
        method: entry.method,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(this.bodyOf(entry)),
        credentials: "same-origin",
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      });
    } catch {
      return { again: "offline" };
    }
    if (response.status === 401) return { again: "signed-out" };
    if (response.status >= 500 || response.status === 429) {
      const told = await response.json().catch(() => null);
      return { again: "offline", why: told?.what ?? "" };
    }
    const answer = await response.json().catch(() => null);
    if (answer === null && route !== REVIEWS && [404, 405].includes(response.status)) {
      return { refused: { status: response.status, what: "This server does not offer that yet." } };
    }
    if (answer === null) return { again: "offline" };
    if (response.ok && answer.version) this.versions.set(entry.body.client_id, answer.version);
    return response.ok ? { answer } : { refused: { ...answer, status: response.status } };
  }

  // An undoing names the version it takes back, once that is known: another answer is never taken back.
  bodyOf({ body }) {
    return this.versions.has(body.of) ? { ...body, base_version: this.versions.get(body.of) } : body;
  }

  // `why` is the server's sentence where it refuses to store for now.
  changeTo(state, why = "") {
    this.state = state;
    if (state !== "saving") this.why = why; // while it tries again, the last reason stands
    this.onChange(state, this.entries().length, this.why);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }
}
Outbox.count = 0;

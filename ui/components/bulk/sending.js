// Sending a batch: in parts under one id, through an outbox that outlives the tab; and its undo.

const PART = 50;
const BATCHES_KEPT = 20;

class Sending {
  constructor(bulk) {
    this.bulk = bulk;
    const { person, queue } = bulk.data;
    this.place = `understudy/batches/${person}/${queue}`;
    this.decided = new Set(); // record ids, of this tab
    this.refused = [];
    this.outbox = new Outbox(`bulk/${person}/${queue}`, {
      onChange: (state) => bulk.showSaving(state),
      onAcknowledged: (entry, answer) => this.acknowledged(entry, answer),
      onRefused: (entry, answer) => this.turnedDown(entry, answer),
    });
  }

  batches() {
    return JSON.parse(localStorage.getItem(this.place) ?? "[]");
  }

  keep(batches) {
    localStorage.setItem(this.place, JSON.stringify(batches.slice(-BATCHES_KEPT)));
  }

  taken() {
    return new Set([...this.decided, ...this.outbox.entries().filter(({ entry }) => entry.method === "POST").flatMap(({ entry }) => entry.records)]);
  }

  unsent() {
    return this.outbox.entries().filter(({ entry }) => entry.method === "POST").reduce((sum, { entry }) => sum + entry.records.length, 0);
  }

  send(cells, decision) {
    const clientId = newClientId();
    this.refused = [];
    this.keep([...this.batches(), { client_id: clientId, count: cells.length }]);
    for (let start = 0; start < cells.length; start += PART) {
      const part = cells.slice(start, start + PART);
      const body = { queue: this.bulk.data.queue, records: part.map((cell) => cell.argilla_id), client_id: clientId, ...decision };
      this.outbox.add("POST", body, { route: SAME, records: part.map((cell) => cell.record_id) });
    }
    cells.forEach((cell) => this.decided.add(cell.record_id));
  }

  undo() {
    const batches = this.batches();
    const last = batches.pop();
    if (!last) return this.bulk.say("Nothing to undo here.", "done");
    this.keep(batches);
    this.outbox.add("DELETE", { queue: this.bulk.data.queue, client_id: last.client_id }, { route: SAME, records: [] });
    return this.bulk.say(`Taking back ${last.count.toLocaleString()} decisions…`, "done");
  }

  acknowledged(entry, answer) {
    if (entry.method === "DELETE") {
      const kept = answer.kept.length ? ` ${answer.kept.length} were decided anew since and stay.` : "";
      this.decided.clear();
      this.refused = [];
      this.bulk.showRefused();
      this.bulk.choice.fetch().then(() => this.bulk.say(`${answer.undone.length.toLocaleString()} records wait again.${kept}`, "done"));
      return;
    }
    const names = new Map(entry.body.records.map((record, place) => [record, entry.records[place]]));
    for (const { record, what } of answer.refused) {
      this.decided.delete(names.get(record));
      this.refused.push({ record, what });
    }
    this.bulk.showRefused();
    this.bulk.counted(answer.saved.length);
  }

  // A whole part that the server does not take: every record of it, with the reason.
  turnedDown(entry, answer) {
    const what = [answer.what, answer.next_step].filter(Boolean).join(" ") || "The server refused it.";
    if (entry.method === "DELETE") {
      this.bulk.say(what);
      return;
    }
    entry.records.forEach((id) => this.decided.delete(id));
    this.refused.push(...entry.body.records.map((record) => ({ record, what })));
    this.bulk.showRefused();
  }
}

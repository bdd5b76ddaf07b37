// The steps taken in this tab, newest last, each under a key of its own: a decision writes one, not
// all. They survive a reload; where the browser's store is full the oldest are forgotten first.

class Steps {
  constructor(scope) {
    this.prefix = `understudy/step/${scope}/`;
    this.taken = Object.keys(sessionStorage)
      .filter((key) => key.startsWith(this.prefix))
      .sort()
      .map((key) => ({ key, step: JSON.parse(sessionStorage.getItem(key)) }));
    this.count = this.taken.length ? Number(this.taken.at(-1).key.slice(this.prefix.length)) + 1 : 0;
  }

  // A step: { kind: "decision" | "skip" | "same", card, draft, … }.
  push(step) {
    const key = this.prefix + String(this.count++).padStart(9, "0");
    this.taken.push({ key, step });
    this.write(key, JSON.stringify(step));
  }

  write(key, text) {
    for (const oldest of [null, ...this.taken]) {
      if (oldest) sessionStorage.removeItem(oldest.key);
      try {
        sessionStorage.setItem(key, text);
        return;
      } catch {
        // full: the next oldest goes
      }
    }
  }

  pop() {
    const last = this.taken.pop();
    if (last) sessionStorage.removeItem(last.key);
    return last?.step ?? null;
  }

  // Takes out the last step that decided on a record.
  without(recordId) {
    const found = this.taken.findLast(({ step }) => step.card.record_id === recordId);
    if (!found) return null;
    this.taken = this.taken.filter((each) => each !== found);
    sessionStorage.removeItem(found.key);
    return found.step;
  }
}

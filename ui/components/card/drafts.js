// Drafts: what the person has begun on a record, kept in the browser until it is decided, so that
// a reload, a closed tab or a look at another record loses no keystroke.

const DRAFT_SAVED_AFTER_MS = 150;

function newDraft(card) {
  const proposals = (card.proposed_tags ?? []).map((tag) => tag.code);
  return {
    output: card.blind ? "" : card.output ?? "", tags: new Set(), proposals: new Set(proposals),
    reasons: {}, ratings: {}, note: "", picked: "",
  };
}

function packed(draft) {
  return { ...draft, tags: [...draft.tags], proposals: [...draft.proposals] };
}

function unpacked(kept) {
  return {
    reasons: {}, ratings: {}, note: "", picked: "", ...kept,
    tags: new Set(kept.tags ?? []), proposals: new Set(kept.proposals ?? []),
  };
}

class Drafts {
  constructor(scope) {
    this.prefix = `understudy/draft/${scope}/`;
    this.unwritten = new Map();
    this.onLeave = () => this.write();
    window.addEventListener("pagehide", this.onLeave);
    document.addEventListener("visibilitychange", this.onLeave);
  }

  // The draft kept for a card, or a new one; one begun on another label of the record's is not taken.
  of(card) {
    const kept = this.unwritten.get(card.record_id) ?? this.read(card.record_id);
    return kept && kept.label_id === card.label_id ? unpacked(kept.draft) : newDraft(card);
  }

  read(recordId) {
    return JSON.parse(localStorage.getItem(this.prefix + recordId) ?? "null");
  }

  keep(card, draft) {
    this.unwritten.set(card.record_id, { label_id: card.label_id, draft: packed(draft) });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), DRAFT_SAVED_AFTER_MS);
  }

  write() {
    for (const [recordId, kept] of this.unwritten) {
      try {
        localStorage.setItem(this.prefix + recordId, JSON.stringify(kept));
        this.unwritten.delete(recordId);
      } catch {
        return; // the browser's store is full: it stays in this tab's memory
      }
    }
  }

  drop(recordId) {
    this.unwritten.delete(recordId);
    localStorage.removeItem(this.prefix + recordId);
  }

  close() {
    this.write();
    clearTimeout(this.timer);
    window.removeEventListener("pagehide", this.onLeave);
    document.removeEventListener("visibilitychange", this.onLeave);
  }
}

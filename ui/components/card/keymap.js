// The keys: one map of actions, which the person may change. It is kept in the browser, per person;
// a key that another action has, or that the browser or the card needs, is refused with a sentence.

const ACTIONS = [
  ["review.approve", "a", "approve the teacher's output"],
  ["review.edit", "e", "edit it"],
  ["review.save", "s", "save your correction"],
  ["review.discard", "d", "discard the record"],
  ["review.skip", "k", "skip it for now"],
  ["review.undo", "u", "undo, as often as you like"],
  ["review.reset", "r", "reset the output"],
  ["review.previous", "ArrowLeft", "look at the previous record"],
  ["review.next", "ArrowRight", "look at the next record"],
  ["review.confirm", "y", "confirm the proposed tags"],
  ["review.drop", "x", "drop the proposed tags"],
  ["review.find", "t", "find an error tag"],
  ["review.note", "n", "note"],
  ["review.ratings", "g", "ratings: 1-5 each"],
  ["review.flag", "f", "flag for discussion"],
  ["review.panels", "p", "what helps to decide"],
  ["review.keys", "?", "this list"],
];
const FIXED = [["1-9", "error tags"], ["Esc", "leave a text"], ["Ctrl Enter", "save from inside a text"]];
const RESERVED = ["Escape", "Enter", "Tab", " ", "Backspace", "Delete", "ArrowUp", "ArrowDown", "Home", "End",
  "PageUp", "PageDown", "Shift", "Control", "Alt", "Meta", "CapsLock", "Dead", "Process", "Unidentified"];

function keyName(key) {
  return { ArrowLeft: "←", ArrowRight: "→" }[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

class Keymap {
  // `defaults` are the project's own keys by action, where it has any.
  constructor(person, defaults = {}) {
    this.place = `understudy/keys/${person}`;
    const kept = JSON.parse(localStorage.getItem(this.place) ?? "{}");
    this.keys = Object.fromEntries(ACTIONS.map(([action, key]) => [action, defaults[action] ?? key]));
    this.standard = { ...this.keys };
    for (const [action, key] of Object.entries(kept)) {
      if (action in this.keys && !this.refusal(action, key)) this.keys[action] = key;
    }
  }

  actionOf(key) {
    const wanted = key.length === 1 ? key.toLowerCase() : key;
    return ACTIONS.find(([action]) => this.keys[action] === wanted)?.[0] ?? null;
  }

  name(action) {
    return keyName(this.keys[action]);
  }

  // Why `key` cannot stand for `action`; empty where it can.
  refusal(action, key) {
    const wanted = key.length === 1 ? key.toLowerCase() : key;
    if (/^[1-9]$/.test(wanted)) return `${wanted} stands for an error tag. Choose another key.`;
    if (RESERVED.includes(wanted) || /^F\d+$/.test(wanted)) {
      return `“${wanted === " " ? "Space" : wanted}” is needed by the browser or the card. Choose another key.`;
    }
    const holder = ACTIONS.find(([other]) => other !== action && this.keys[other] === wanted);
    return holder ? `“${keyName(wanted)}” already stands for “${holder[2]}”. Choose another key, or change that one first.` : "";
  }

  change(action, key) {
    const refusal = this.refusal(action, key);
    if (refusal) return refusal;
    this.keys[action] = key.length === 1 ? key.toLowerCase() : key;
    const changed = Object.entries(this.keys).filter(([each, held]) => held !== this.standard[each]);
    localStorage.setItem(this.place, JSON.stringify(Object.fromEntries(changed)));
    return "";
  }

  restore() {
    this.keys = { ...this.standard };
    localStorage.removeItem(this.place);
  }
}

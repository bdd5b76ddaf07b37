// The cheat sheet: every key with what it does. Press one of its buttons, then the key it shall have.

class Keysheet {
  constructor(card) {
    this.card = card;
    this.view = card.find(".keys");
    this.waiting = null; // the action that the next key is for
    this.said = "";
    this.draw();
  }

  toggle(shown = this.view.hidden) {
    this.waiting = null;
    this.said = "";
    this.view.hidden = !shown;
    this.card.find(".help").setAttribute("aria-expanded", String(shown));
    if (shown) this.draw();
  }

  draw() {
    const keymap = this.card.keymap;
    const own = ACTIONS.map(([action, , meaning]) => element("div", {},
      element("button", {
        type: "button", class: "key", "data-action": action, "aria-pressed": String(this.waiting === action),
        "aria-label": `${meaning}: ${keymap.name(action)}. Press to change this key.`, onclick: () => this.ask(action),
      }, this.waiting === action ? "press a key" : keymap.name(action)),
      element("span", {}, meaning)));
    const fixed = FIXED.map(([key, meaning]) => element("div", {}, keyHint(key), element("span", {}, meaning)));
    this.view.replaceChildren(...own, ...fixed, element("p", { class: "keys-foot", role: "status" },
      this.said || "Choose a key to change it. Your keys are kept in this browser. ",
      element("button", { type: "button", class: "plain", onclick: () => this.restore() }, "Standard keys")));
  }

  ask(action) {
    this.waiting = action;
    this.said = "";
    this.draw();
    this.view.querySelector(`[data-action="${action}"]`).focus();
  }

  // The key for the action that waits. True where the press was meant for the sheet.
  take(event) {
    if (this.waiting === null || ["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) return false;
    const action = this.waiting;
    this.waiting = null;
    if (event.key !== "Escape") this.said = this.card.keymap.change(action, event.key);
    this.draw();
    this.view.querySelector(`[data-action="${action}"]`).focus();
    this.card.drawActions();
    return true;
  }

  restore() {
    this.card.keymap.restore();
    this.said = "";
    this.draw();
    this.card.drawActions();
  }
}

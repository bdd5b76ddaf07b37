// The cells: drawn once, chosen by pointer and keyboard. A choice changes one class of one cell.

class Cells {
  constructor(view, onChange) {
    this.view = view;
    this.onChange = onChange;
    this.chosen = new Set(); // Argilla's ids
    this.shown = [];
    this.at = 0;
    this.from = 0; // where a range begins
    view.addEventListener("click", (event) => this.clicked(event));
    view.addEventListener("keydown", (event) => this.pressed(event));
  }

  show(found) {
    const there = new Set(found.map((cell) => cell.argilla_id));
    this.chosen = new Set([...this.chosen].filter((id) => there.has(id)));
    this.shown = found;
    this.nodes = found.map((cell, place) => this.node(cell, place));
    this.view.replaceChildren(...this.nodes);
    this.at = Math.min(this.at, Math.max(found.length - 1, 0));
    this.from = this.at;
    if (this.nodes.length) this.nodes[this.at].tabIndex = 0;
    this.onChange();
  }

  node(cell, place) {
    const [title = "", ...rest] = Object.values(cell.inputs).filter(Boolean);
    return element("div", {
      class: "cell", role: "option", tabindex: -1, "data-place": place,
      "aria-selected": String(this.chosen.has(cell.argilla_id)),
    },
    element("p", { class: "cell-input", dir: "auto" }, ...visible(title)),
    rest.length ? element("p", { class: "cell-more", dir: "auto" }, ...visible(rest.join(" · "))) : null,
    element("p", { class: `cell-output${cell.is_valid ? "" : " invalid"}`, dir: "auto" }, ...visible(cell.output || "no output")),
    cell.is_valid ? null : element("p", { class: "caption" }, "cannot be approved as it stands"));
  }

  set(place, chosen) {
    const { argilla_id: id } = this.shown[place];
    if (chosen) this.chosen.add(id);
    else this.chosen.delete(id);
    this.nodes[place].setAttribute("aria-selected", String(chosen));
  }

  setAll(chosen) {
    this.shown.forEach((_, place) => this.set(place, chosen));
    this.onChange();
  }

  toggle(place) {
    this.set(place, this.nodes[place].getAttribute("aria-selected") !== "true");
    this.from = place;
    this.onChange();
  }

  range(to) {
    const [first, last] = [Math.min(this.from, to), Math.max(this.from, to)];
    for (let place = first; place <= last; place += 1) this.set(place, true);
    this.onChange();
  }

  move(place) {
    if (place < 0 || place >= this.nodes.length) return false;
    this.nodes[this.at].tabIndex = -1;
    this.at = place;
    this.nodes[place].tabIndex = 0;
    this.nodes[place].focus();
    return true;
  }

  columns() {
    const top = this.nodes[0]?.offsetTop;
    const next = this.nodes.findIndex((node) => node.offsetTop !== top);
    return next === -1 ? Math.max(this.nodes.length, 1) : next;
  }

  clicked(event) {
    const node = event.target.closest(".cell");
    if (!node) return;
    const place = Number(node.dataset.place);
    this.move(place);
    if (event.shiftKey) this.range(place);
    else this.toggle(place);
  }

  pressed(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -this.at, End: this.nodes.length - 1 - this.at };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") steps[event.key] = (event.key === "ArrowDown" ? 1 : -1) * this.columns();
    if (event.key in steps) {
      if (event.shiftKey && this.move(this.at + steps[event.key])) this.range(this.at);
      else if (!event.shiftKey && this.move(this.at + steps[event.key])) this.from = this.at;
    } else if (event.key === " " || event.key === "Enter") {
      if (event.shiftKey) this.range(this.at);
      else if (this.nodes.length) this.toggle(this.at);
    } else {
      return;
    }
    event.preventDefault();
  }
}

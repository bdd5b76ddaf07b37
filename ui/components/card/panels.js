// The panels under the card: guidelines, near-duplicates, other outputs, similar approved records,
// the record's history. Which of them are open stays from record to record.

const CONFIRM_ABOVE = 50;

const PANELS = [
  { name: "guidelines", title: "Guidelines", count: () => 0, draw: (panels) => guidelinesView(panels.card) },
  { name: "near", title: "Near-duplicates", count: (found) => found.near_duplicates?.length ?? 0, draw: nearView },
  { name: "others", title: "Other outputs", count: (found) => found.others?.length ?? 0, draw: othersView },
  { name: "similar", title: "Similar approved", count: (found) => found.similar?.length ?? 0, draw: similarView },
  { name: "history", title: "History", count: (found) => found.history?.length ?? 0, draw: historyView },
];

class Panels {
  constructor(card) {
    this.card = card;
    this.context = new Context(card.data.queue);
    this.place = `understudy/panels/${card.data.person}`;
    this.open = new Set(JSON.parse(localStorage.getItem(this.place) ?? "[]"));
    this.view = element("div", { class: "panels" });
  }

  show(shown) {
    this.shown = shown;
    this.found = null;
    this.draw();
    this.context.later(shown, (found) => {
      if (this.shown !== shown) return;
      this.found = found;
      this.draw();
    });
  }

  draw() {
    const { data } = this.card;
    const offered = PANELS.filter((panel) => (panel.name === "guidelines"
      ? data.guidelines || data.error_tags?.some((tag) => tag.definition) : this.found && panel.count(this.found) > 0));
    const focused = this.card.root.activeElement?.closest?.("details")?.dataset.panel;
    this.view.replaceChildren(...offered.map((panel) => this.panel(panel)));
    if (focused) this.view.querySelector(`[data-panel="${focused}"] summary`)?.focus();
  }

  panel(panel) {
    const count = this.found ? panel.count(this.found) : 0;
    const body = element("div", { class: "panel-body" });
    const fill = () => { if (!body.children.length) body.append(...[panel.draw(this, this.found)].flat()); };
    const details = element("details", {
      class: "panel", "data-panel": panel.name, open: this.open.has(panel.name),
      ontoggle: () => { this.remember(panel.name, details.open); if (details.open) fill(); },
    }, element("summary", {}, panel.title, count ? element("span", { class: "caption" }, ` ${count}`) : null), body);
    if (this.open.has(panel.name)) fill();
    return details;
  }

  remember(name, isOpen) {
    if (this.open.has(name) === isOpen) return;
    if (isOpen) this.open.add(name);
    else this.open.delete(name);
    localStorage.setItem(this.place, JSON.stringify([...this.open]));
  }

  // One key: all of them open with the focus on the first, or all closed.
  toggle() {
    const all = [...this.view.querySelectorAll("details")];
    if (!all.length) return this.card.say("There is nothing beside this record yet.", "done");
    const opens = all.some((panel) => !panel.open);
    all.forEach((panel) => { panel.open = opens; });
    if (opens) all[0].querySelector("summary").focus();
    return undefined;
  }

  close() {
    this.context.close();
  }
}

function guidelinesView(card) {
  const { guidelines, error_tags: tags } = card.data;
  const defined = (tags ?? []).filter((tag) => tag.definition);
  return [guidelines ? markdownView(guidelines) : null,
    defined.length ? element("dl", { class: "definitions" }, defined.flatMap((tag) => [
      element("dt", {}, tag.name), element("dd", {}, ...visible(tag.definition))])) : null].filter(Boolean);
}

// One record of a panel: its input in a line, its output, who and how.
function neighbour(inputs, output, words, ...more) {
  const [title = ""] = Object.values(inputs ?? {}).filter(Boolean);
  return element("div", { class: "neighbour" },
    element("p", { class: "neighbour-input", dir: "auto" }, ...visible(brief(title))),
    output ? element("p", { class: "neighbour-output", dir: "auto" }, ...shortText(output)) : null,
    element("p", { class: "caption" }, words.filter(Boolean).join(" · ")), ...more);
}

function percent(share) {
  return typeof share === "number" ? `${Math.round(share * 100)}% alike` : "";
}

function nearView(panels, found) {
  const waiting = found.near_duplicates.filter((near) => !near.decision && near.argilla_id && !panels.card.supply.decided.has(near.record_id));
  return [...found.near_duplicates.map((near) => neighbour(near.inputs, near.output, [
    near.decision ? `${near.decision}${near.by ? ` by ${near.by}` : ""}` : "waits", percent(near.similarity)])),
  waiting.length ? applyRow(panels.card, waiting) : null].filter(Boolean);
}

function applyRow(card, waiting) {
  const all = waiting.length + 1;
  const row = element("div", { class: "apply" });
  const ask = (decision) => {
    if (all <= CONFIRM_ABOVE) return card.decideSame(decision, waiting);
    row.replaceChildren(`This decides ${all.toLocaleString()} records at once. `,
      element("button", { type: "button", class: "act", onclick: () => card.decideSame(decision, waiting) }, `Decide all ${all.toLocaleString()}`),
      element("button", { type: "button", class: "act", onclick: () => row.replaceWith(applyRow(card, waiting)) }, "Not yet"));
    return row.querySelector("button").focus();
  };
  row.append(
    element("button", { type: "button", class: "act", onclick: () => ask(card.isChanged() ? "corrected" : "approved") }, `Apply this output to all ${all}`),
    element("button", { type: "button", class: "act", onclick: () => ask("discarded") }, `Discard all ${all}`));
  return row;
}

function othersView(panels, found) {
  return found.others.map((other) => neighbour({}, other.output, [other.teacher, other.prompt_version ? `prompt v${other.prompt_version}` : ""],
    element("button", { type: "button", class: "plain", "aria-label": `Take over ${brief(other.output)}`, onclick: () => panels.card.pick(other) }, "Take this one")));
}

function similarView(panels, found) {
  return found.similar.map((near) => neighbour(near.inputs, near.output, [near.by ? `by ${near.by}` : "", percent(near.similarity)]));
}

function historyView(panels, found) {
  return found.history.map((past) => element("div", { class: "neighbour" },
    past.output ? element("p", { class: "neighbour-output", dir: "auto" }, ...shortText(past.output)) : null,
    element("p", { class: "caption" }, [past.at ? whenOf(past.at) : "", past.by, past.decision,
      past.error_tags?.length ? `tags: ${past.error_tags.map((code) => panels.card.conflicts.tagName(code)).join(", ")}` : "",
      past.note, past.queue].filter(Boolean).join(" · "))));
}

// Conflicts: the person decided on the record before, elsewhere. Both decisions are shown; what
// stands is kept, or theirs is sent again in its place. They wait in the browser until settled.

const DECIDED = { approved: "approved", corrected: "corrected", discarded: "discarded" };

class Conflicts {
  constructor(card) {
    this.card = card;
    this.prefix = `understudy/conflict/${card.scope}/`;
    this.view = card.find(".conflicts");
    this.draw();
  }

  list() {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix)).sort()
      .map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }));
  }

  add(entry, stands, seen) {
    const kept = { body: entry.body, stands, output: entry.body.output ?? seen?.output ?? "", title: seen?.title ?? "" };
    localStorage.setItem(this.prefix + entry.body.client_id, JSON.stringify(kept));
    this.draw();
    if (!isTyping(this.card)) this.view.scrollIntoView({ block: "nearest" });
  }

  draw() {
    const all = this.list();
    this.view.hidden = !all.length;
    this.view.replaceChildren(...all.map((conflict) => this.one(conflict)));
  }

  one(conflict) {
    const { stands, body } = conflict;
    const said = (decision, tags, note) => [DECIDED[decision] ?? decision,
      tags?.length ? `tags: ${tags.map((code) => this.tagName(code)).join(", ")}` : "", note ? `note: ${note}` : ""]
      .filter(Boolean).join(" · ");
    const { form } = this.card.data;
    const standing = readable(form, stands.output ?? "");
    const own = body.decision === "discarded" ? "" : readable(form, conflict.output);
    return element("section", { class: "conflict", "aria-label": "A conflict" },
      element("p", { class: "conflict-what" }, "You decided on this record before, elsewhere. Which shall stand?",
        conflict.title ? element("span", { class: "absent" }, ` “${brief(conflict.title)}”`) : null),
      element("div", { class: "versions" },
        element("div", {}, element("div", { class: "caption" }, `stands now${stands.at ? `, ${whenOf(stands.at)}` : ""}`),
          element("p", { class: "tag-about" }, said(stands.decision, stands.error_tags, stands.note)),
          standing ? longText(standing) : null),
        element("div", {}, element("div", { class: "caption" }, "yours"),
          element("p", { class: "tag-about" }, said(body.decision, body.error_tags, body.note)),
          own ? element("div", { class: "text", dir: "auto" }, differenceView(standing, own)) : null)),
      element("div", { class: "conflict-acts" },
        element("button", { type: "button", class: "act", onclick: () => this.settle(conflict) }, "Keep what stands"),
        element("button", { type: "button", class: "act", onclick: () => this.sendAgain(conflict) }, "Send mine again")));
  }

  tagName(code) {
    return this.card.data.error_tags?.find((tag) => tag.code === code)?.name ?? code;
  }

  settle({ key }) {
    localStorage.removeItem(key);
    this.draw();
  }

  sendAgain(conflict) {
    const body = { ...conflict.body, base_version: conflict.stands.version, client_id: newClientId() };
    this.card.outbox.add("POST", body);
    this.settle(conflict);
  }
}

function whenOf(text) {
  const at = new Date(text);
  return Number.isNaN(at.valueOf()) ? text : at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

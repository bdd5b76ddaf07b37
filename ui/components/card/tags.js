// Error tags: by group, with their digits; searchable when there are more than nine. A proposed
// one is dotted until it is confirmed; a tag that is set may be given its reason.

class Tags {
  constructor(card) {
    this.card = card;
    this.tags = card.data.error_tags ?? [];
    if (!this.tags.length) return;
    this.body = element("div", { class: "tags", role: "group", "aria-label": "Error tags" });
    this.about = element("p", { class: "tag-about", role: "status" });
    this.reasons = element("div", { class: "reasons" });
    this.search = this.tags.length > 9 ? element("input", {
      class: "tag-search", type: "text", placeholder: "find a tag", "aria-label": "Find an error tag", autocomplete: "off",
      oninput: () => this.filter(), onkeydown: (event) => this.searchKey(event),
    }) : null;
    this.proposals = element("div", { class: "proposals" });
    this.view = element("div", { class: "tag-area" }, this.search, this.body, this.proposals, this.about, this.reasons);
    this.fill();
    this.draw();
  }

  fill() {
    this.buttons = new Map();
    const groups = new Map();
    this.tags.forEach((tag, index) => {
      const button = this.button(tag, index);
      this.buttons.set(tag.code, button);
      groups.set(tag.group ?? "", [...(groups.get(tag.group ?? "") ?? []), button]);
    });
    for (const [group, buttons] of groups) {
      this.body.append(element("div", { class: "tag-group", role: group ? "group" : null, "aria-label": group || null },
        group ? element("span", { class: "caption" }, group) : null, ...buttons));
    }
  }

  button(tag, index) {
    const proposal = (this.card.current().proposed_tags ?? []).find(({ code }) => code === tag.code);
    const words = [tag.definition, proposal?.reason ? `Proposed: ${proposal.reason}` : ""].filter(Boolean).join(" ");
    const tell = () => { this.about.textContent = words; };
    const hush = () => { this.about.textContent = ""; };
    return element("button", {
      class: "tag", type: "button", title: words, "data-code": tag.code, onclick: () => this.toggle(index),
      onfocus: tell, onblur: hush, onmouseenter: tell, onmouseleave: hush,
    }, index < 9 ? keyHint(String(index + 1)) : null, element("span", {}, tag.name, element("span", { class: "unseen" })));
  }

  // A proposed tag is confirmed by its first press; then a press sets it or takes it off.
  toggle(index) {
    const tag = this.tags[index];
    if (!tag) return;
    const { draft } = this.card;
    if (!draft.tags.delete(tag.code)) draft.tags.add(tag.code);
    draft.proposals.delete(tag.code);
    this.card.keepDraft();
    this.card.say("");
    this.draw();
  }

  settle(confirmed) {
    const { draft } = this.card;
    if (!draft.proposals.size) return this.card.say("No tag is proposed for this record.");
    if (confirmed) draft.proposals.forEach((code) => draft.tags.add(code));
    draft.proposals.clear();
    this.card.keepDraft();
    return this.draw();
  }

  draw() {
    const { draft, keymap } = this.card;
    for (const [code, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(draft.tags.has(code)));
      button.dataset.proposed = String(draft.proposals.has(code));
      button.querySelector(".unseen").textContent = draft.proposals.has(code) ? ", proposed" : "";
    }
    this.proposals.replaceChildren(...(draft.proposals.size ? [`${counted(draft.proposals.size, "tag is", "tags are")} proposed. `,
      element("button", { type: "button", class: "plain", onclick: () => this.settle(true) }, keyHint(keymap.name("review.confirm")), " Confirm"),
      element("button", { type: "button", class: "plain", onclick: () => this.settle(false) }, keyHint(keymap.name("review.drop")), " Drop")] : []));
    this.drawReasons();
  }

  drawReasons() {
    const set = this.tags.filter((tag) => this.card.draft.tags.has(tag.code));
    const standing = new Map([...this.reasons.children].map((box) => [box.dataset.code, box]));
    this.reasons.replaceChildren(...set.map((tag) => standing.get(tag.code) ?? element("input", {
      class: "reason", type: "text", "data-code": tag.code, maxlength: "500", placeholder: `${tag.name}: why (optional)`,
      "aria-label": `Reason for ${tag.name}, optional`, value: this.card.draft.reasons[tag.code] ?? "",
      oninput: (event) => { this.card.draft.reasons[tag.code] = event.target.value; this.card.keepDraft(); },
      onkeydown: (event) => { if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.target.blur(); },
    })));
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    this.found = this.tags.filter((tag) => words.every((word) => `${tag.name} ${tag.group ?? ""} ${tag.definition}`.toLowerCase().includes(word)));
    for (const tag of this.tags) this.buttons.get(tag.code).hidden = !this.found.includes(tag);
    for (const group of this.body.children) group.hidden = ![...group.querySelectorAll(".tag")].some((tag) => !tag.hidden);
    this.about.textContent = this.found.length ? "" : "No tag has all these words.";
  }

  searchKey(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !this.search.value) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.found.length) return;
    this.toggle(this.tags.indexOf(this.found[0]));
    this.search.value = "";
    this.filter();
    this.search.blur();
  }
}

// Draws texts in pieces: [kind, text, note]. What a piece is was worked out before; here it becomes an element.

const PIECES = { same: "span", added: "ins", removed: "del" };

function pieceView([kind, text, note]) {
  if (PIECES[kind]) return element(PIECES[kind], {}, text);
  return element("mark", { class: kind, title: note || null }, text, note ? element("small", {}, note) : null);
}

function entryView(entry) {
  return element("section", { class: "entry", "aria-label": entry.caption || null },
    entry.caption ? element("div", { class: "caption" }, entry.caption) : null,
    element("p", {}, ...entry.pieces.map(pieceView)),
    entry.note ? element("div", { class: "caption" }, entry.note) : null);
}

export default function mount({ parentElement, data }) {
  const home = parentElement.querySelector(".marked");
  home.className = `marked ${data.look}`;
  home.replaceChildren(...data.entries.map(entryView));
}

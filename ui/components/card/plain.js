// Text as it is: characters that cannot be seen, or that turn the line around, are drawn as their
// code; a long text is laid out in pieces, and a very long one is cut for display until asked for.

const SHOWN_MOST_CHARACTERS = 200_000;
const PIECE_CHARACTERS = 8_000;
// Controls, soft hyphen, zero-width and direction marks, invisible operators, tag characters.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
const JOINERS = "\u200c\u200d"; // belong to emoji and to scripts that join; shown among Latin letters
const JOINED = /[^\u0000-\u02ff\u2000-\u206f]/u;

function hiddenIn(text) {
  const found = [];
  for (const match of text.matchAll(HIDDEN)) {
    const before = text.charAt(match.index - 1);
    const after = text.charAt(match.index + match[0].length);
    if (JOINERS.includes(match[0]) && JOINED.test(before) && JOINED.test(after)) continue;
    found.push(match);
  }
  return found;
}

function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

// The text as nodes, hidden characters drawn as signs.
function visible(text) {
  const nodes = [];
  let from = 0;
  for (const match of hiddenIn(text)) {
    if (match.index > from) nodes.push(text.slice(from, match.index));
    nodes.push(element("span", { class: "hidden-sign", title: "a character that cannot be seen" }, codeOf(match[0])));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

function pieces(text) {
  const found = [];
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + PIECE_CHARACTERS);
    if (to < text.length) {
      const window = text.slice(from + PIECE_CHARACTERS / 2, to);
      const at = Math.max(window.lastIndexOf("\n"), -1);
      const space = at >= 0 ? at : window.lastIndexOf(" ");
      if (space >= 0) to = from + PIECE_CHARACTERS / 2 + space + 1;
      else if (/[\ud800-\udbff]/.test(text.charAt(to - 1))) to -= 1; // never between the halves of a character
    }
    found.push(text.slice(from, to));
    from = to;
  }
  return found;
}

// A text for reading. `draw` makes nodes of what is shown; long texts are drawn in pieces.
function longText(text, draw = visible) {
  const view = element("div", { class: "text", dir: "auto" });
  const fill = (shown) => {
    if (shown.length <= PIECE_CHARACTERS || draw !== visible) view.replaceChildren(...draw(shown));
    else view.replaceChildren(...pieces(shown).map((piece) => element("div", { class: "piece" },
      ...visible(piece.replace(/\n$/, ""))))); // a piece is a block: its own line break would show twice
  };
  if (text.length <= SHOWN_MOST_CHARACTERS) {
    fill(text);
    return view;
  }
  const all = element("button", { type: "button", class: "plain", onclick: () => { all.remove(); fill(text); } },
    `Show all ${text.length.toLocaleString()} characters`);
  fill(text.slice(0, SHOWN_MOST_CHARACTERS));
  return element("div", {}, view, all);
}

// What a text field cannot draw: the hidden characters in it, with a button that takes them out.
function hiddenNote(text, onRemove) {
  const found = hiddenIn(text.slice(0, SHOWN_MOST_CHARACTERS));
  if (!found.length) return [];
  const codes = [...new Set(found.map((match) => codeOf(match[0])))].slice(0, 5).join(", ");
  const many = found.length === 1 ? "1 hidden character" : `${found.length.toLocaleString()} hidden characters`;
  return [`${many} in it: ${codes}. `,
    element("button", { type: "button", class: "plain", onclick: () => onRemove(withoutHidden(text)) }, "Take out")];
}

function withoutHidden(text) {
  const places = new Set(hiddenIn(text).map((match) => match.index));
  return text.replace(HIDDEN, (character, place) => (places.has(place) ? "" : character));
}

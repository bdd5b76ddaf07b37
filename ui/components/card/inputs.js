// The input pane: titles and metadata stay in view while what is long scrolls beneath them.

const TREE_OPEN_DEPTH = 3;
const TREE_MOST_ENTRIES = 200;

const SHOWN_AS = {
  text: (text) => longText(text),
  markdown: (text) => markdownView(text),
  json: (text) => jsonView(text),
  chat: (text, form) => conversationView(text, form.speakers),
};

function inputView(card, data) {
  const shown = (column, index) => data.shown?.[column] ?? (index === 0 ? "title" : "text");
  const columns = Object.entries(card.inputs).map(([column, text], index) => [column, text, shown(column, index)]);
  const of = (kind) => columns.filter(([, , each]) => each === kind);
  const long = columns.filter(([, , kind]) => kind in SHOWN_AS);
  return element("section", { class: "pane input", "aria-label": "Input" },
    of("title").flatMap(([column, text]) => [
      element("div", { class: "caption" }, column), element("h2", { class: "title", dir: "auto" }, ...shortText(text || "—"))]),
    of("metadata").length ? element("dl", { class: "metadata" }, of("metadata").flatMap(([column, text]) => [
      element("dt", {}, column), element("dd", { dir: "auto" }, ...(text ? shortText(text) : ["not given"]))])) : null,
    long.length ? element("div", { class: "texts", tabindex: "0", role: "region", "aria-label": "Text of the record" },
      long.map(([column, text, kind]) => element("div", { class: "field" },
        element("div", { class: "caption" }, column),
        text ? SHOWN_AS[kind](text, data.form ?? {}) : element("p", { class: "text absent" }, "not given")))) : null);
}

const SHORT_MOST_CHARACTERS = 600;

// A title or a piece of metadata: cut where it is none.
function shortText(text) {
  if (text.length <= SHORT_MOST_CHARACTERS) return visible(text);
  const place = element("span", {}, ...visible(text.slice(0, SHORT_MOST_CHARACTERS)), " … ");
  place.append(element("button", {
    type: "button", class: "plain", onclick: () => place.replaceChildren(longText(text)),
  }, `Show all ${text.length.toLocaleString()} characters`));
  return [place];
}

// JSON as a tree to read; what is not JSON is shown as the text it is.
function jsonView(text) {
  if (text.length > SHOWN_MOST_CHARACTERS) return longText(text);
  try {
    return element("div", { class: "tree" }, treeOf(parsedJson(text), 0));
  } catch {
    return longText(text);
  }
}

function treeOf(value, depth) {
  if (value === null || typeof value !== "object" || value instanceof Written) {
    const kind = typeof value === "string" ? "text-value" : "plain-value";
    return element("span", { class: kind, dir: "auto" }, ...visible(typeof value === "string" ? value : jsonText(value)));
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  if (!entries.length) return element("span", { class: "absent" }, isList ? "empty list" : "empty");
  const rows = (some) => some.map(([name, held]) => element("div", { class: "branch" },
    element("span", { class: "caption" }, isList ? `${Number(name) + 1}` : name), treeOf(held, depth + 1)));
  const body = element("div", { class: "branches" }, rows(entries.slice(0, TREE_MOST_ENTRIES)));
  if (entries.length > TREE_MOST_ENTRIES) {
    const rest = element("button", { type: "button", class: "plain", onclick: () => {
      rest.replaceWith(...rows(entries.slice(TREE_MOST_ENTRIES)));
    } }, `Show ${(entries.length - TREE_MOST_ENTRIES).toLocaleString()} more`);
    body.append(rest);
  }
  if (depth === 0) return body;
  const words = isList ? `${entries.length.toLocaleString()} in the list` : counted(entries.length, "field");
  return element("details", { open: depth < TREE_OPEN_DEPTH }, element("summary", {}, words), body);
}

// Markdown for reading, made into elements: headings, lists, quotes, code, bold, italic. A link is
// its text and its address, an image its words: nothing can be followed, run or fetched.

const BLOCKS = [
  { opens: /^\s{0,3}(?:```|~~~)/, read: readCode },
  { opens: /^\s{0,3}#{1,6}\s/, read: readHeading },
  { opens: /^\s{0,3}>/, read: readQuote },
  { opens: /^\s*(?:[-*+]|\d{1,9}[.)])\s/, read: readList },
];
const DEEPEST_MARKDOWN = 8;

function markdownView(text) {
  return longText(text, (shown) => [element("div", { class: "markdown" }, ...markdownBlocks(shown.split(/\r?\n/), 0))]);
}

function markdownBlocks(lines, depth) {
  if (depth > DEEPEST_MARKDOWN) return [element("p", {}, ...visible(lines.join("\n")))];
  const made = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    const block = BLOCKS.find(({ opens }) => opens.test(line));
    if (!line.trim()) at += 1;
    else if (block) at = block.read(lines, at, made, depth);
    else at = readParagraph(lines, at, made);
  }
  return made;
}

function readCode(lines, from, made) {
  const fence = lines[from].trim().slice(0, 3);
  let to = from + 1;
  while (to < lines.length && !lines[to].trim().startsWith(fence)) to += 1;
  made.push(element("pre", {}, element("code", {}, ...visible(lines.slice(from + 1, to).join("\n")))));
  return to + 1;
}

function readHeading(lines, from, made) {
  const [, signs, words] = lines[from].match(/^\s*(#{1,6})\s+(.*?)\s*#*$/) ?? [null, "#", lines[from]];
  made.push(element("p", { class: "heading", role: "heading", "aria-level": "3", "data-level": signs.length },
    ...markdownWords(words)));
  return from + 1;
}

function readQuote(lines, from, made, depth) {
  let to = from;
  while (to < lines.length && /^\s{0,3}>/.test(lines[to])) to += 1;
  const inner = lines.slice(from, to).map((line) => line.replace(/^\s{0,3}> ?/, ""));
  made.push(element("blockquote", {}, ...markdownBlocks(inner, depth + 1)));
  return to;
}

function readList(lines, from, made, depth) {
  const opening = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
  const [, indent, sign] = lines[from].match(/^(\s*)([-*+]|\d{1,9}[.)])\s/);
  const entries = [];
  let to = from;
  for (; to < lines.length; to += 1) {
    const found = lines[to].match(opening);
    const inside = /^(\s*)/.exec(lines[to])[1].length > indent.length;
    if (found && found[1].length <= indent.length) entries.push([found[3]]);
    else if (inside && lines[to].trim()) entries.at(-1).push(lines[to].slice(indent.length + 2));
    else break;
  }
  if (to === from) return readParagraph(lines, from, made);
  made.push(element(/\d/.test(sign) ? "ol" : "ul", { start: /\d/.test(sign) ? parseInt(sign, 10) : null },
    ...entries.map((entry) => element("li", {}, ...(entry.length === 1 ? markdownWords(entry[0])
      : markdownBlocks(entry, depth + 1))))));
  return to;
}

function readParagraph(lines, from, made) {
  let to = from + 1;
  while (to < lines.length && lines[to].trim() && !BLOCKS.some(({ opens }) => opens.test(lines[to]))) to += 1;
  made.push(element("p", {}, ...markdownWords(lines.slice(from, to).join("\n"))));
  return to;
}

// What stands inside a line. Each form: how it looks in the text, what it becomes.
const WORDS = [
  [/`([^`\n]+)`/, (match) => [element("code", {}, ...visible(match[1]))]],
  [/!\[([^\]\n]{0,500})\]\(([^)\n]{0,2000})\)/, (match) => [
    element("span", { class: "address" }, ...visible(`[image: ${match[1]}] (${match[2]})`))]],
  [/\[([^\]\n]{1,500})\]\(([^)\n]{0,2000})\)/, (match) => [
    ...visible(match[1]), " ", element("span", { class: "address" }, ...visible(`(${match[2]})`))]],
  [/\*\*([^*\n]{1,2000})\*\*/, (match) => [element("strong", {}, ...visible(match[1]))]],
  [/(?<![\w*])\*([^*\s][^*\n]{0,2000}?)\*(?![\w*])/, (match) => [element("em", {}, ...visible(match[1]))]],
  [/(?<![\w_])_([^_\s][^_\n]{0,2000}?)_(?![\w_])/, (match) => [element("em", {}, ...visible(match[1]))]],
];
const ANY_WORDS = new RegExp(WORDS.map(([form]) => form.source).join("|"), "g");

function markdownWords(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(ANY_WORDS)) {
    nodes.push(...visible(text.slice(from, found.index)));
    const [form, make] = WORDS.find(([each]) => found[0].match(each)?.[0] === found[0]) ?? [];
    nodes.push(...(form ? make(found[0].match(form)) : visible(found[0])));
    from = found.index + found[0].length;
  }
  return [...nodes, ...visible(text.slice(from))];
}

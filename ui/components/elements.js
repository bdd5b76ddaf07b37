// Elements are made from text, never from markup: what a person, a file or a model wrote
// reaches the page through textContent alone.

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) made.append(child);
  }
  return made;
}

function keyHint(key) {
  return element("kbd", { "aria-hidden": "true" }, key);
}

// Word-level difference of two texts by longest common subsequence: [["same"|"added"|"removed", text], …].
// Texts above LIMIT words are compared as wholes; a label or a title never is.
const DIFFERENCE_LIMIT_WORDS = 1500;

function wordDifference(before, after) {
  if (before === after) return [["same", before]];
  const left = before.match(/\s+|[^\s]+/g) ?? [];
  const right = after.match(/\s+|[^\s]+/g) ?? [];
  if (left.length > DIFFERENCE_LIMIT_WORDS || right.length > DIFFERENCE_LIMIT_WORDS) {
    return [["removed", before], ["added", after]];
  }
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] = left[row] === right[column]
        ? lengths[(row + 1) * width + column + 1] + 1
        : Math.max(lengths[(row + 1) * width + column], lengths[row * width + column + 1]);
    }
  }
  return joinedSteps(left, right, lengths, width);
}

function joinedSteps(left, right, lengths, width) {
  const steps = [];
  const add = (kind, text) => {
    const last = steps.at(-1);
    if (last && last[0] === kind) last[1] += text;
    else steps.push([kind, text]);
  };
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      add("same", left[row]);
      row += 1;
      column += 1;
    } else if (
      column >= right.length
      || (row < left.length && lengths[(row + 1) * width + column] >= lengths[row * width + column + 1])
    ) {
      add("removed", left[row]);
      row += 1;
    } else {
      add("added", right[column]);
      column += 1;
    }
  }
  return steps;
}

function differenceView(before, after) {
  const tags = { same: "span", added: "ins", removed: "del" };
  return wordDifference(before, after).map(([kind, text]) => element(tags[kind], {}, text));
}

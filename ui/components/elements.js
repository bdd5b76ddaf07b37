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
// What both begin and end with is set aside first; a rest above LIMIT cells is compared as a whole,
// so that a key in a long text costs no more than one in a title.
const DIFFERENCE_LIMIT_CELLS = 1_000_000;

function wordDifference(before, after) {
  if (before === after) return [["same", before]];
  const left = before.match(/\s+|[^\s]+/g) ?? [];
  const right = after.match(/\s+|[^\s]+/g) ?? [];
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < left.length - head && tail < right.length - head
    && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1;
  const middle = differingMiddle(left.slice(head, left.length - tail), right.slice(head, right.length - tail));
  const steps = [["same", left.slice(0, head).join("")], ...middle, ["same", left.slice(left.length - tail).join("")]];
  return steps.filter(([, text]) => text !== "");
}

function differingMiddle(left, right) {
  if ((left.length + 1) * (right.length + 1) > DIFFERENCE_LIMIT_CELLS) {
    return [["removed", left.join("")], ["added", right.join("")]];
  }
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
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

// JSON read and written without losing a digit: a number that JavaScript would spell otherwise
// (1.50, 12345678901234567890) keeps the spelling it came with.

class Written {
  constructor(source) {
    this.source = source;
  }
}

function parsedJson(text) {
  return JSON.parse(text, (key, value, context) => (
    typeof value === "number" && context?.source !== undefined && String(value) !== context.source
      ? new Written(context.source) : value));
}

// With `indent` laid out in lines, for an editor.
function jsonText(value, indent = "") {
  const kept = new Map();
  const marked = JSON.stringify(value, (key, held) => {
    if (!(held instanceof Written)) return held;
    const mark = `\u0000${kept.size}\u0000`;
    kept.set(JSON.stringify(mark), held.source);
    return mark;
  }, indent || undefined) ?? "";
  if (!kept.size) return marked;
  return marked.replace(/"\\u0000\d+\\u0000"/g, (mark) => kept.get(mark) ?? mark);
}

// The value as a validator reads it.
function plainJson(value) {
  if (value instanceof Written) return Number(value.source);
  if (Array.isArray(value)) return value.map(plainJson);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, plainJson(held)]));
}

function sameJson(one, other) {
  const ordered = (value) => {
    if (value === null || typeof value !== "object" || value instanceof Written) return value;
    if (Array.isArray(value)) return value.map(ordered);
    return Object.fromEntries(Object.keys(value).sort().map((name) => [name, ordered(value[name])]));
  };
  return jsonText(ordered(one)) === jsonText(ordered(other));
}

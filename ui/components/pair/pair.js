// Draws a record and two outputs. What stands in one output only is marked in it.

function sideView(side, other, position, chosen) {
  const own = position === "left" ? "removed" : "added";
  const steps = position === "left"
    ? wordDifference(side.output, other.output) : wordDifference(other.output, side.output);
  const parts = steps.filter(([kind]) => kind === "same" || kind === own)
    .map(([kind, text]) => (kind === "same" ? text : element("mark", {}, text)));
  const sign = side.correct === null ? null : element("span", {
    class: side.correct ? "right-sign" : "wrong-sign",
  }, side.correct ? "✓ matches the reference" : "✗ differs from the reference");
  return element("section", { class: `side${chosen === position ? " chosen" : ""}`, "aria-label": side.name },
    element("div", { class: "name" }, element("strong", {}, side.name), sign),
    element("p", { class: side.output ? "output" : "output absent" }, ...(side.output ? parts : ["no output"])));
}

export default function mount({ parentElement, data }) {
  const [first, ...others] = data.inputs;
  parentElement.querySelector(".pair").replaceChildren(
    element("section", { class: "input", "aria-label": "Input" },
      first ? [element("div", { class: "caption" }, first[0]), element("h2", { class: "title" }, first[1] || "—")] : [],
      others.filter(([, text]) => text).flatMap(([column, text]) => [
        element("div", { class: "caption" }, column), element("p", { class: "text" }, text)])),
    sideView(data.left, data.right, "left", data.chosen),
    sideView(data.right, data.left, "right", data.chosen),
    data.reference === null ? "" : element("p", { class: "reference" },
      "reference ", element("strong", {}, data.reference)));
}

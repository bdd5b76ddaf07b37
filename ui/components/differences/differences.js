// Draws pairs of texts below each other; where both are there, the second against the first.

function saidView(pair) {
  if (pair.before === null && pair.after === null) return "";
  if (pair.before === null) return element("p", { class: "said" }, element("ins", {}, pair.after || "(empty)"));
  if (pair.after === null) return element("p", { class: "said" }, element("del", {}, pair.before || "(empty)"));
  if (pair.before === pair.after) return element("p", { class: "said" }, pair.after);
  return element("p", { class: "said" }, ...differenceView(pair.before, pair.after));
}

function namesView(pair) {
  if (!pair.before_name && !pair.after_name) return "";
  return element("div", { class: "names" },
    pair.before_name ? element("del", {}, pair.before_name) : null,
    pair.before_name && pair.after_name ? " · " : null,
    pair.after_name ? element("ins", {}, pair.after_name) : null);
}

function pairView(pair) {
  return element("article", { class: "pair", "aria-label": pair.heading },
    element("div", { class: "head" }, element("strong", {}, pair.heading),
      ...pair.notes.map((note) => element("span", {}, note))),
    pair.context ? element("p", { class: "context", tabindex: "0" }, pair.context) : null,
    namesView(pair),
    saidView(pair));
}

export default function mount({ parentElement, data }) {
  parentElement.querySelector(".pairs").replaceChildren(...data.pairs.map(pairView));
}

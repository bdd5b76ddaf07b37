// Ratings: each criterion from 1 (worst) to 5 (best), by its digit while the row has the focus.

function ratingsView(card) {
  if (!card.data.ratings?.length) return null;
  return element("div", { class: "ratings" }, card.data.ratings.map((rating) => ratingRow(card, rating)));
}

function ratingRow(card, rating) {
  const marks = [1, 2, 3, 4, 5].map((value) => element("button", {
    type: "button", role: "radio", class: "mark", "data-value": value,
    "aria-label": `${value} of 5`, onclick: () => rate(value),
  }, String(value)));
  const draw = () => marks.forEach((mark, index) => {
    const stands = card.draft.ratings[rating.code] === index + 1;
    mark.setAttribute("aria-checked", String(stands));
    mark.tabIndex = stands || (index === 0 && !card.draft.ratings[rating.code]) ? 0 : -1;
  });
  const rate = (value) => {
    if (card.draft.ratings[rating.code] === value) delete card.draft.ratings[rating.code];
    else card.draft.ratings[rating.code] = value;
    card.keepDraft();
    draw();
  };
  const row = element("div", {
    class: "rating", role: "radiogroup", "aria-label": [rating.name, rating.definition].filter(Boolean).join(": "),
    onkeydown: (event) => {
      const at = marks.indexOf(event.target);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step && at >= 0) {
        event.stopPropagation();
        event.preventDefault();
        marks[Math.min(4, Math.max(0, at + step))].focus();
      }
    },
  }, element("span", { class: "rating-name", title: rating.definition }, rating.name), element("span", { class: "marks" }, marks));
  row.rate = (value) => {
    rate(value);
    const next = row.nextElementSibling;
    if (next) next.querySelector('[tabindex="0"]').focus();
    else row.getRootNode().activeElement?.blur();
  };
  draw();
  return row;
}

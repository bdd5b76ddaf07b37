// A key press: what it does, and when it is only a letter of a text.

const COMMANDS = {
  "review.approve": (card) => card.decide("approved"),
  "review.save": (card) => card.decide("corrected"),
  "review.discard": (card) => card.decide("discarded"),
  "review.skip": (card) => card.skip(),
  "review.undo": (card) => card.undo(),
  "review.edit": (card) => card.editor?.focus(),
  "review.reset": (card) => card.reset(),
  "review.previous": (card) => card.look(-1),
  "review.next": (card) => card.look(1),
  "review.confirm": (card) => card.tags?.view && card.tags.settle(true),
  "review.drop": (card) => card.tags?.view && card.tags.settle(false),
  "review.find": (card) => (card.tags?.search ?? card.find(".tag"))?.focus(),
  "review.note": (card) => card.find(".note")?.focus(),
  "review.ratings": (card) => card.find('.rating [tabindex="0"]')?.focus(),
  "review.flag": (card) => card.flag(),
  "review.panels": (card) => card.panels.toggle(),
  "review.keys": (card) => card.keysheet.toggle(),
};

function isTyping(card) {
  const outer = document.activeElement;
  const active = card.root.activeElement ?? outer;
  const writes = (node) => node && (node.matches?.("input, textarea, select") || node.isContentEditable);
  return writes(active) || (writes(outer) && outer !== card.root.host);
}

function pressed(card, event) {
  if (event.isComposing || event.altKey) return;
  if (card.keysheet.take(event)) {
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Escape") {
    card.root.activeElement?.blur();
    card.keysheet.toggle(false);
  } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) card.saveFromText();
  } else if (!event.ctrlKey && !event.metaKey && !isTyping(card)) {
    command(card, event);
  }
}

function command(card, event) {
  const rating = card.root.activeElement?.closest?.(".rating");
  if (rating && (event.key === "ArrowLeft" || event.key === "ArrowRight")) return;
  let act = null;
  if (/^[1-9]$/.test(event.key)) {
    act = rating ? () => rating.rate(Math.min(5, Number(event.key))) : () => card.current() && card.tags?.toggle(Number(event.key) - 1);
  } else {
    const action = card.keymap.actionOf(event.key);
    act = action && (() => COMMANDS[action](card));
  }
  if (!act || event.repeat) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

// What a person changed in one text: the words, marked, how many, and the way back.

const DIFFERENCE_SHOWN_MOST_CHARACTERS = 20_000;

function wordsIn(text) {
  return text.match(/\S+/g)?.length ?? 0;
}

// Characters as people count them (a surrogate pair is one), as the server counts them too.
function charactersIn(text) {
  return [...text].length;
}

function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

function changeCounts(steps) {
  const changed = steps.filter(([kind]) => kind !== "same").map(([, text]) => text);
  return {
    words: changed.reduce((sum, text) => sum + wordsIn(text), 0),
    characters: changed.reduce((sum, text) => sum + charactersIn(text), 0),
  };
}

class DifferenceBox {
  constructor(onReset) {
    this.onReset = onReset;
    this.view = element("div", { class: "difference", hidden: true });
  }

  // `before` is null where there is nothing to compare with.
  show(before, after) {
    this.view.hidden = before === null || before === after;
    if (this.view.hidden) {
      this.view.replaceChildren();
      return;
    }
    const steps = wordDifference(before, after);
    const { words, characters } = changeCounts(steps);
    const tags = { same: "span", added: "ins", removed: "del" };
    this.view.replaceChildren(
      element("div", { class: "changes", dir: "auto" }, shortSteps(steps).map(([kind, text]) => element(tags[kind], {}, ...visible(text)))),
      element("div", { class: "change-foot" },
        `${counted(words, "word")} and ${counted(characters, "character")} changed `,
        element("button", { type: "button", class: "plain reset", onclick: () => this.onReset() }, "Reset")));
  }
}

// Far from a change a long text is left out.
function shortSteps(steps) {
  const total = steps.reduce((sum, [, text]) => sum + text.length, 0);
  if (total <= DIFFERENCE_SHOWN_MOST_CHARACTERS) return steps;
  return steps.map(([kind, text]) => [kind, text.length > 2_000 ? `${text.slice(0, 900)} … ${text.slice(-900)}` : text]);
}

// What is wrong with a text's length, by the task's rule; empty where nothing is.
function lengthFault(rule, text) {
  if (!rule) return "";
  const kept = text.trim();
  const counts = [["words", "word", wordsIn(kept)], ["characters", "character", charactersIn(kept)]];
  for (const [unit, one, count] of counts) {
    const least = rule[`least_${unit}`] ?? 0;
    const most = rule[`most_${unit}`] ?? null;
    if (count < least) return `${counted(count, one)}; at least ${least.toLocaleString()} are asked for.`;
    if (most !== null && count > most) return `${counted(count, one)}; at most ${most.toLocaleString()} are allowed.`;
  }
  return "";
}

// "12 of 20 words" while typing, for the limits the rule sets; else plain counts.
function lengthWords(rule, text) {
  const kept = text.trim();
  const part = (count, most, one) => (most == null ? counted(count, one) : `${count.toLocaleString()} of ${counted(most, one)}`);
  return `${part(wordsIn(kept), rule?.most_words, "word")}, ${part(charactersIn(kept), rule?.most_characters, "character")}`;
}

// The single values of a JSON form: texts, numbers, yes and no, choices, and JSON text for the rest.

Object.assign(JsonForm.prototype, {
  stringPart(rule, value, original, path, write, label) {
    return new TextField({
      label, before: typeof original === "string" ? original : null, text: value, rows: value.length > 80 ? 3 : 1,
      counts: false, onInput: write,
    }).view;
  },

  numberPart(rule, value, original, path, write, label) {
    const spelled = (held) => (held === undefined ? null : jsonText(held));
    const difference = new DifferenceBox(() => { box.value = spelled(original); take(); });
    const take = () => {
      const text = box.value.trim();
      const isJsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text);
      write(isJsonNumber ? parsedJson(text) : box.value); // what is no number is a text, which the schema refuses
      difference.show(spelled(original), box.value);
    };
    const box = element("input", { class: "editor number", type: "text", inputmode: "decimal", "aria-label": label, oninput: take });
    box.value = jsonText(value);
    difference.show(spelled(original), box.value);
    return element("div", {}, box, difference.view);
  },

  integerPart(...given) {
    return this.numberPart(...given);
  },

  booleanPart(rule, value, original, path, write, label) {
    return this.selectPart([true, false], value, original, write, label, (held) => (held ? "yes (true)" : "no (false)"));
  },

  choicePart(rule, value, original, path, write, label) {
    return this.selectPart(rule.schema.enum, value, original, write, label, (held) => (typeof held === "string" ? held : jsonText(held)));
  },

  selectPart(options, value, original, write, label, words) {
    const difference = new DifferenceBox(() => { write(original); box.value = words(original); draw(original); });
    const draw = (held) => difference.show(original === undefined ? null : words(original), words(held));
    const listed = options.some((option) => sameJson(option, value)) ? options : [value, ...options];
    const box = element("select", { class: "editor", "aria-label": label, onchange: () => {
      const chosen = listed[box.selectedIndex];
      write(chosen);
      draw(chosen);
    } }, listed.map((option) => element("option", { value: words(option) }, words(option))));
    box.selectedIndex = listed.findIndex((option) => sameJson(option, value));
    draw(value);
    return element("div", {}, box, difference.view);
  },

  rawPart(value, original, write, label) {
    const field = new TextField({
      label: `${label}, JSON text`, before: original === undefined ? null : jsonText(original, "  "), text: jsonText(value, "  "),
      rows: 2, counts: false, onInput: (text) => {
        try {
          write(parsedJson(text));
        } catch {
          write(text); // not JSON yet: kept as the text it is
        }
      },
    });
    field.box.classList.add("code");
    return field.view;
  },
});

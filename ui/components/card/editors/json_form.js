// The form of a JSON value: objects, lists, choices, numbers, yes and no, texts; what the schema
// leaves open is edited as JSON text in its place.

class JsonForm {
  constructor(schema, value, original, onChange) {
    Object.assign(this, { root: schema, value: structuredCloneJson(value), onChange });
    this.places = new Map();
    this.view = this.part(schema, this.value, original, "#", (edited) => { this.value = edited; this.tell(); }, "");
  }

  tell() {
    this.onChange(this.value);
  }

  // One value: `write(edited)` puts another in its place.
  part(schema, value, original, path, write, label) {
    const rule = ruleOf(this.root, schema);
    const fits = { object: isObject, array: Array.isArray, string: (held) => typeof held === "string",
      number: isNumber, integer: isNumber, boolean: (held) => typeof held === "boolean", choice: () => true }[rule.kind];
    const fault = element("p", { class: "warning", role: "status" });
    let drawn;
    if (value === null && rule.nullable && rule.kind !== "any") drawn = this.nullPart(schema, rule, original, path, write, label);
    else if (!fits?.(value)) drawn = this.rawPart(value, original, write, label);
    else drawn = this[`${rule.kind}Part`](rule, value, original, path, write, label);
    const place = element("div", { class: "json-part", "data-kind": rule.kind }, drawn, fault);
    this.places.set(path, { place, fault });
    return place;
  }

  redraw(schema, value, original, path, write, label) {
    const { place } = this.places.get(path);
    place.replaceWith(this.part(schema, value, original, path, write, label));
  }

  nullPart(schema, rule, original, path, write, label) {
    const filled = () => emptyOf(this.root, { ...rule.schema, type: rule.kind === "choice" ? undefined : rule.kind });
    return element("div", { class: "json-null" }, element("span", { class: "absent" }, "null "), element("button", {
      type: "button", class: "plain", "aria-label": `Give ${label} a value`,
      onclick: () => { const value = filled(); write(value); this.redraw(schema, value, original, path, write, label); },
    }, "Give a value"));
  }

  objectPart(rule, value, original, path, write, label) {
    const body = element(path === "#" ? "div" : "fieldset", { class: "json-object" },
      path === "#" ? null : element("legend", { class: "caption" }, label));
    const required = new Set(rule.schema.required ?? []);
    const draw = (name) => this.field(rule.schema.properties[name] ?? {}, value, name, original, path, required.has(name), () => {
      delete value[name];
      write(value);
      offer();
    }, () => write(value));
    for (const name of Object.keys(value)) body.append(draw(name)); // in the teacher's own order
    const absent = element("div", { class: "json-absent" });
    const offer = () => absent.replaceChildren(...Object.keys(rule.schema.properties).filter((name) => !(name in value))
      .map((name) => element("button", { type: "button", class: "plain", onclick: () => {
        value[name] = emptyOf(this.root, rule.schema.properties[name]);
        write(value);
        absent.before(draw(name));
        offer();
      } }, `+ ${name}`)));
    offer();
    body.append(absent);
    return body;
  }

  field(schema, value, name, original, path, required, onRemove, onWrite) {
    const place = `${path}/${encodeURI(name.replace(/~/g, "~0").replace(/\//g, "~1"))}`;
    const before = isObject(original) ? original[name] : undefined;
    const part = this.part(schema, value[name], before, place, (edited) => { value[name] = edited; onWrite(); }, name);
    const isBlock = ["object", "array"].includes(part.dataset.kind);
    const row = element("div", { class: "json-row" },
      isBlock ? null : element("div", { class: "caption" }, name, schema.description ? ` · ${schema.description}` : ""), part,
      required ? null : element("button", {
        type: "button", class: "plain quiet", "aria-label": `Remove ${name}`, onclick: () => { row.remove(); onRemove(); },
      }, "remove"));
    return row;
  }

  arrayPart(rule, value, original, path, write, label) {
    const rows = element("div", { class: "json-rows" });
    const items = rule.schema.items ?? {};
    const draw = () => {
      rows.replaceChildren(...value.map((held, index) => element("div", { class: "json-row listed" },
        this.part(items, held, Array.isArray(original) ? original[index] : undefined, `${path}/${index}`,
          (edited) => { value[index] = edited; write(value); }, `${label} ${index + 1}`),
        element("button", { type: "button", class: "plain quiet", "aria-label": `Remove ${label} ${index + 1}`, onclick: () => {
          value.splice(index, 1);
          if (Array.isArray(original)) original = original.filter((_, at) => at !== index);
          write(value);
          draw();
        } }, "remove"))));
    };
    draw();
    return element("fieldset", { class: "json-object" }, element("legend", { class: "caption" }, label || "list"), rows,
      element("button", { type: "button", class: "plain", onclick: () => {
        value.push(emptyOf(this.root, items));
        write(value);
        draw();
        rows.lastElementChild.querySelector("input, textarea, select")?.focus();
      } }, `+ ${label || "one more"}`));
  }

  showFaults(faults) {
    for (const [path, { place, fault }] of this.places) {
      const own = faults.find((each) => each.path === path);
      fault.textContent = own && path !== "#" ? own.what : "";
      place.querySelector(":scope > .text-field > .editor, :scope > div > .editor")?.setAttribute("aria-invalid", String(Boolean(own)));
    }
  }
}

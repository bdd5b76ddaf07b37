// Outputs by the form of the task: whether two say the same, and what keeps one from standing.

function namesOf(output) {
  try {
    const found = JSON.parse(output);
    if (Array.isArray(found) && found.every((name) => typeof name === "string")) return found;
  } catch {
    // not a list: a label a line
  }
  return output.split("\n").map((line) => line.trim()).filter(Boolean);
}

const SAME_OUTPUT = {
  label: (form, one, other) => one.trim() === other.trim(),
  labels: (form, one, other) => {
    const [left, right] = [new Set(namesOf(one)), new Set(namesOf(other))];
    return Boolean(one.trim()) === Boolean(other.trim()) && left.size === right.size && [...left].every((name) => right.has(name));
  },
  text: (form, one, other) => one.trim() === other.trim(),
  json: (form, one, other) => {
    try {
      return sameJson(parsedJson(one), parsedJson(other));
    } catch {
      return false;
    }
  },
  chat: (form, one, other) => {
    const [left, right] = [turnsOf(one, form.speakers), turnsOf(other, form.speakers)];
    return left.length === right.length
      && left.every((turn, index) => turn.role === right[index].role && turn.content.trim() === right[index].content.trim());
  },
};

// An output as a person reads it where no editor shows it: turns and names by line, JSON laid out.
function readable(form, output) {
  if (form.type === "chat") return turnsOf(output, form.speakers).map((turn) => `${turn.role}: ${turn.content}`).join("\n");
  if (form.type === "labels") return namesOf(output).join("\n");
  if (form.type !== "json") return output;
  try {
    return jsonText(parsedJson(output), "  ");
  } catch {
    return output;
  }
}

function sameOutput(form, one, other) {
  return one === other || SAME_OUTPUT[form.type](form, one, other);
}

const CONFORMS = {
  label: (form, output) => (!form.labels?.length || form.labels.includes(output) ? ""
    : `“${brief(output)}” is not one of the ${form.label_count.toLocaleString()} labels: choose one, or discard.`),
  labels: (form, output) => {
    const strange = form.labels?.length ? namesOf(output).find((name) => !form.labels.includes(name)) : undefined;
    return strange === undefined ? ""
      : `“${brief(strange)}” is not one of the ${form.label_count.toLocaleString()} labels: take it out, or discard.`;
  },
  text: (form, output) => lengthFault(form.length, output),
  json: (form, output) => {
    const [first] = jsonFaults(form.schema, output);
    return first ? `${first.place ? `${first.place}: ` : ""}${first.what}` : "";
  },
  chat: (form, output) => {
    for (const [index, turn] of turnsOf(output, form.speakers).entries()) {
      if (turn.role !== "assistant") continue;
      const fault = turn.content.trim() ? lengthFault(form.length, turn.content) : "it is empty. Write it, or discard the record.";
      if (fault) return `Turn ${index + 1}: ${fault}`;
    }
    return "";
  },
};

function brief(text) {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

// Why an output cannot stand; empty where it can. The server has the last word.
function outputFault(form, output) {
  if (!output.trim()) return "There is no output to keep: write one, or discard the record.";
  return CONFORMS[form.type](form, output);
}

let schemaChecker = { schema: undefined, validator: null };

// What does not fit the schema: [{ path, place, what }], the deepest first.
function jsonFaults(schema, output) {
  let value;
  try {
    value = parsedJson(output);
  } catch (fault) {
    return [{ path: "#", place: "", what: `This is not JSON yet: ${fault.message}.` }];
  }
  if (!schema) return [];
  if (schemaChecker.schema !== schema) schemaChecker = { schema, validator: validatorOf(schema) };
  if (schemaChecker.validator === null) return []; // the server checks what this validator cannot read
  let found;
  try {
    found = schemaChecker.validator.validate(plainJson(value)).errors;
  } catch {
    return [];
  }
  return found.filter((each) => !["properties", "items", "prefixItems", "$ref", "allOf"].includes(each.keyword))
    .map((each) => ({ path: each.instanceLocation, place: placeOf(each.instanceLocation), what: each.error }))
    .sort((one, other) => other.path.split("/").length - one.path.split("/").length);
}

function validatorOf(schema) {
  const draft = { "4": "4", "7": "7", "9": "2019-09" }[/draft-0?(\d)|2019-0(9)/.exec(schema.$schema ?? "")?.slice(1).find(Boolean)];
  try {
    return new JsonSchema.Validator(schema, draft ?? "2020-12", false);
  } catch {
    return null;
  }
}

function placeOf(path) {
  return path.split("/").slice(1).map((part) => decodeURIComponent(part).replace(/~1/g, "/").replace(/~0/g, "~")).join(" › ");
}

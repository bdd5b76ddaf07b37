// What a JSON schema says of a value, as far as a form can show it; the rest is "any".

const DEEPEST_FORM = 12;

// The schema that rules a value: references within the schema are followed, null is set apart.
function ruleOf(root, schema, depth = 0) {
  if (schema === null || typeof schema !== "object" || depth > DEEPEST_FORM) return { kind: "any" };
  if (typeof schema.$ref === "string") {
    const target = schema.$ref.startsWith("#/") ? schema.$ref.slice(2).split("/")
      .reduce((held, part) => held?.[part.replace(/~1/g, "/").replace(/~0/g, "~")], root) : null;
    return ruleOf(root, target, depth + 1);
  }
  if (schema.anyOf || schema.oneOf) {
    const ways = (schema.anyOf ?? schema.oneOf).filter((way) => way?.type !== "null");
    const nullable = ways.length < (schema.anyOf ?? schema.oneOf).length;
    return ways.length === 1 ? { ...ruleOf(root, ways[0], depth + 1), nullable } : { kind: "any" };
  }
  if (Array.isArray(schema.enum)) return { kind: "choice", schema, nullable: false };
  const types = [schema.type].flat().filter((type) => type && type !== "null");
  const nullable = [schema.type].flat().includes("null");
  const implied = types.length === 0 && schema.properties ? "object" : types.length === 1 ? types[0] : "any";
  if (implied === "object" && !schema.properties) return { kind: "any", schema, nullable };
  return { kind: implied, schema, nullable };
}

function emptyOf(root, schema) {
  const { kind, schema: own, nullable } = ruleOf(root, schema);
  if (nullable) return null;
  if (kind === "object") {
    return Object.fromEntries((own.required ?? []).map((name) => [name, emptyOf(root, own.properties[name])]));
  }
  return { array: [], choice: own?.enum?.[0], boolean: false, string: "", number: 0, integer: 0 }[kind] ?? null;
}

function isObject(held) {
  return held !== null && typeof held === "object" && !Array.isArray(held) && !(held instanceof Written);
}

function isNumber(held) {
  return typeof held === "number" || held instanceof Written;
}

function structuredCloneJson(value) {
  if (Array.isArray(value)) return value.map(structuredCloneJson);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, structuredCloneJson(held)]));
}

// Draws a record and what people made of it: each version against the teacher's output, and, where two
// kept an output, the second against the first.

const SIGNS = { approved: "✓ approved", corrected: "✎ corrected", discarded: "✕ discarded" };

function versionView(version, teacher) {
  const kept = version.output !== null;
  return element("section", { class: "side", "aria-label": version.name },
    element("div", { class: "name" }, element("strong", {}, version.name),
      element("span", { class: version.decision }, SIGNS[version.decision] ?? version.decision)),
    element("p", { class: kept ? "output" : "output absent" },
      ...(kept ? differenceView(teacher, version.output) : ["leaves the record out"])),
    version.error_tags.length ? element("p", { class: "note" }, `error tags: ${version.error_tags.join(", ")}`) : null,
    version.note ? element("p", { class: "note" }, `“${version.note}”`) : null);
}

function againstView(versions) {
  const [first, second] = versions.filter((version) => version.output !== null);
  if (!second || first.output === second.output) return "";
  return element("section", { class: "against", "aria-label": "One against another" },
    element("div", { class: "caption" }, `from “${first.name}” to “${second.name}”`),
    element("p", { class: "output" }, ...differenceView(first.output, second.output)));
}

export default function mount({ parentElement, data }) {
  const [first, ...others] = data.inputs;
  parentElement.querySelector(".versions").replaceChildren(
    element("section", { class: "input", "aria-label": "Input" },
      first ? [element("div", { class: "caption" }, first[0]), element("h2", { class: "title" }, first[1] || "—")] : [],
      others.filter(([, text]) => text).flatMap(([column, text]) => [
        element("div", { class: "caption" }, column), element("p", { class: "text" }, text)])),
    element("section", { class: "teacher", "aria-label": "The teacher's output" },
      element("div", { class: "caption" }, "the teacher's output"),
      element("p", { class: "output" }, data.teacher || "none")),
    ...data.versions.map((version) => versionView(version, data.teacher)),
    againstView(data.versions));
}

// The turns of a conversation: a JSON list of role and content, or a transcript "Speaker: words";
// a text that is neither is one turn of the assistant's. The server reads them the same way.

const ROLES = { system: "system", user: "user", assistant: "assistant" };

function turnsOf(text, speakers = {}) {
  const stripped = text.trim();
  return listedTurns(stripped) ?? transcript(stripped, { ...ROLES, ...speakers })
    ?? [{ role: "assistant", content: stripped }];
}

function listedTurns(text) {
  if (!text.startsWith("[")) return null;
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  const isTurn = (turn) => turn && ROLES[turn.role] && typeof turn.content === "string"
    && Object.keys(turn).length === 2;
  return found.length && found.every(isTurn) ? found : null;
}

function transcript(said, speakers) {
  const text = said.trim();
  const escaped = (name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const names = Object.keys(speakers).sort((one, other) => other.length - one.length).map(escaped).join("|");
  const starts = [...text.matchAll(new RegExp(`^[^\\S\\n]*(${names})[^\\S\\n]*:[ \\t]*`, "gim"))];
  if (!starts.length || starts[0].index !== 0) return null;
  const roles = Object.fromEntries(Object.entries(speakers).map(([name, role]) => [name.toLowerCase(), role]));
  return starts.map((start, index) => ({
    role: roles[start[1].toLowerCase()],
    name: start[1],
    content: text.slice(start.index + start[0].length, starts[index + 1]?.index ?? text.length).trim(),
  }));
}

// The one spelling of the turns: the text of a lone assistant's turn, else the JSON list.
function turnsAsText(turns) {
  if (turns.length === 1 && turns[0].role === "assistant") return turns[0].content;
  return JSON.stringify(turns.map(({ role, content }) => ({ role, content })));
}

function bubble(turn, content) {
  return element("div", { class: `bubble ${turn.role}`, role: "listitem" },
    element("div", { class: "caption" }, turn.name ? `${turn.name} (${turn.role})` : turn.role), content);
}

function conversationView(text, speakers) {
  return element("div", { class: "chat", role: "list" },
    turnsOf(text, speakers).map((turn) => bubble(turn, longText(turn.content))));
}

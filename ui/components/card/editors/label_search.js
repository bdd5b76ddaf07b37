// Where labels are found: in the page where it holds them all, else by asking the server.
// An answer: { labels, total, groups: [{ path, count }] }; `groups` are the next level of the tree.

const LEVEL = " > ";
const LABELS_SHOWN = 50;
const LABEL_SEARCH_AFTER_MS = 90;
const RECENT_MOST = 8;

class PageLabels {
  constructor(labels) {
    this.labels = labels;
    this.immediate = true;
  }

  search(typed, under) {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const here = under ? this.labels.filter((label) => label.startsWith(under + LEVEL)) : this.labels;
    const found = here.filter((label) => words.every((word) => label.toLowerCase().includes(word)));
    const rank = (label) => rankOfLabel(label.toLowerCase(), typed.trim().toLowerCase(), words);
    const labels = words.length ? found.map((label) => [rank(label), label])
      .sort((one, other) => one[0] - other[0]).map(([, label]) => label) : found;
    return { labels: labels.slice(0, LABELS_SHOWN), total: labels.length, groups: this.groups(here, under) };
  }

  groups(labels, under) {
    const counts = new Map();
    const skip = under ? under.length + LEVEL.length : 0;
    for (const label of labels) {
      const to = label.indexOf(LEVEL, skip);
      if (to >= 0) counts.set(label.slice(0, to), (counts.get(label.slice(0, to)) ?? 0) + 1);
    }
    return [...counts].map(([path, count]) => ({ path, count }));
  }
}

// The label itself, then one whose last part begins with, or has, what was typed, then the path's.
function rankOfLabel(label, typed, words) {
  const leaf = label.slice(label.lastIndexOf(LEVEL) < 0 ? 0 : label.lastIndexOf(LEVEL) + LEVEL.length);
  if (label === typed || leaf === typed) return 0;
  if (leaf.startsWith(typed)) return 1;
  return words.every((word) => leaf.includes(word)) ? 2 : 3;
}

class ServerLabels {
  constructor(queue) {
    this.queue = queue;
    this.answers = new Map();
    this.immediate = false;
  }

  async search(typed, under) {
    const query = String(new URLSearchParams({ queue: this.queue, q: typed, under, limit: LABELS_SHOWN }));
    if (!this.answers.has(query)) {
      const response = await fetch(`/api/labels?${query}`, { credentials: "same-origin" });
      if (!response.ok) throw new Error(response.status === 404 ? "absent" : "failed");
      this.answers.set(query, await response.json());
    }
    return this.answers.get(query);
  }
}

// The labels this person chose last in a task, newest first.
class RecentLabels {
  constructor(person, task) {
    this.place = `understudy/labels/${person}/${task}`;
  }

  list() {
    return JSON.parse(localStorage.getItem(this.place) ?? "[]");
  }

  add(label) {
    const kept = [label, ...this.list().filter((other) => other !== label)].slice(0, RECENT_MOST);
    try {
      localStorage.setItem(this.place, JSON.stringify(kept));
    } catch {
      // a full store: recent labels are a convenience
    }
  }
}

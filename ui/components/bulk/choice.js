// Which records are shown: words and, of more than one grid can hold, an output are asked of the
// server; what was fetched is narrowed in the page.

const COPIES = "copies";

class Choice {
  constructor(bulk) {
    this.bulk = bulk;
    this.fetched = { cells: [], total: 0, held: 0 };
    this.asked = 0;
    const find = (selector) => bulk.find(selector);
    [this.words, this.output, this.rule, this.cluster] = [find(".words"), find(".by-output"), find(".by-rule"), find(".by-cluster")];
    find(".find").onsubmit = (event) => { event.preventDefault(); this.fetch(); };
    this.words.oninput = () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.fetch(), 250); };
    this.output.onchange = () => this.narrowed();
    this.cluster.onchange = () => this.narrowed();
    this.rule.onchange = () => this.draw();
  }

  // More records wait than were fetched: the server looks among all of them.
  narrowed() {
    if (!this.partial && this.fetched.total <= this.fetched.cells.length) this.draw();
    else this.fetch();
  }

  async fetch() {
    clearTimeout(this.timer);
    const turn = ++this.asked;
    const output = this.partial || this.fetched.total > this.fetched.cells.length ? this.output.value : "";
    const copies = this.cluster.value ? "1" : "";
    const query = new URLSearchParams({ queue: this.bulk.data.queue, q: this.words.value, output, copies });
    let answer = null;
    try {
      const response = await fetch(`/api/grid?${query}`, { credentials: "same-origin" });
      answer = await response.json();
      if (!response.ok) throw new Error([answer.what, answer.next_step].filter(Boolean).join(" "));
    } catch (fault) {
      if (turn === this.asked && !this.closed) {
        this.bulk.say(fault instanceof TypeError || fault instanceof SyntaxError ? "The server does not answer; asking again." : fault.message);
        this.timer = setTimeout(() => this.fetch(), 3000);
      }
      return;
    }
    if (turn !== this.asked || this.closed) return;
    this.partial = Boolean(output || copies);
    this.fetched = answer;
    this.options();
    this.bulk.say("");
    this.draw();
  }

  waiting() {
    const taken = this.bulk.sending.taken();
    return this.fetched.cells.filter((cell) => !taken.has(cell.record_id));
  }

  draw() {
    const { value: output } = this.output;
    const { value: rule } = this.rule;
    const { value: cluster } = this.cluster;
    this.bulk.show(this.waiting().filter((cell) => (!output || cell.output === output)
      && (!rule || cell.tags.includes(rule))
      && (!cluster || (cluster === COPIES ? cell.cluster : cell.cluster === cluster))));
  }

  options() {
    const names = new Map(this.bulk.data.error_tags.map((tag) => [tag.code, tag.name]));
    const { cells } = this.fetched;
    const cluster = this.cluster.value;
    const titles = new Map(cells.map((cell) => [cell.cluster, Object.values(cell.inputs).find(Boolean) ?? cell.cluster]));
    fill(this.output, "Any output", counted(cells.map((cell) => cell.output)), (output) => output || "no output");
    fill(this.rule, "Any or no rule", counted(cells.flatMap((cell) => cell.tags)), (code) => names.get(code) ?? code);
    fill(this.cluster, "Copies or not", counted(cells.map((cell) => cell.cluster).filter(Boolean)), (each) => titles.get(each));
    if (this.cluster.options.length > 1 || cluster) {
      this.cluster.options[0].after(element("option", { value: COPIES }, "Only with copies"));
      this.cluster.hidden = false;
      this.cluster.value = cluster;
    }
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }
}

function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1)).slice(0, 200);
}

function fill(select, none, counts, nameOf) {
  const { value } = select;
  const cut = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
  select.replaceChildren(element("option", { value: "" }, none),
    ...counts.map(([each, count]) => element("option", { value: each }, `${cut(nameOf(each))} (${count.toLocaleString()})`)));
  if (value && value !== COPIES && !counts.some(([each]) => each === value)) {
    select.append(element("option", { value }, cut(nameOf(value) ?? value)));
  }
  select.value = value;
  select.hidden = counts.length === 0 && !value;
}

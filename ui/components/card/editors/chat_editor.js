// A conversation: every turn of the assistant's is a text to edit, the others are read.

class ChatEditor {
  constructor(context) {
    this.context = context;
    this.view = element("div", { class: "chat chat-editor", role: "list" });
    this.set(context.draft.output);
  }

  set(output) {
    const { form, original } = this.context;
    const before = original === null ? [] : turnsOf(original, form.speakers);
    this.turns = turnsOf(output, form.speakers).map((turn) => ({ ...turn }));
    this.fields = [];
    this.view.replaceChildren(...this.turns.map((turn, index) => {
      if (turn.role !== "assistant") return bubble(turn, longText(turn.content));
      const field = new TextField({
        label: this.turns.length > 1 ? `Turn ${index + 1}, the assistant's` : "Output", text: turn.content, rule: form.length,
        before: before[index]?.role === "assistant" ? before[index].content : null, rows: 2,
        onInput: (text) => { turn.content = text; this.context.onChange(turnsAsText(this.turns)); },
      });
      this.fields.push(field);
      return bubble(turn, field.view);
    }));
  }

  focus() {
    const held = this.fields.findIndex((field) => field.box === this.context.active());
    this.fields[(held + 1) % this.fields.length]?.focus();
  }

  leave() {}
}

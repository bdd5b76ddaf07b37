"""ChatML: turns between `<|im_start|>role` and `<|im_end|>`."""

from __future__ import annotations

from curation.imports.reading.shapes.turns import Turn, Unfit, from_messages

START, END = "<|im_start|>", "<|im_end|>"


def turns(text: str) -> list[Turn]:
    """The turns of a ChatML text. Raises Unfit where it is none, or has other roles.

    A last turn `assistant` that is begun and empty is where a model is to answer: it is no turn.
    """
    first, *pieces = text.split(START)
    if first.strip() or not pieces:
        raise Unfit(f"It does not begin with {START}.")
    found = []
    for number, piece in enumerate(pieces, start=1):
        role, _, rest = piece.partition("\n")
        content, ended, after = rest.partition(END)
        if after.strip():
            raise Unfit(f"Text stands between turn {number} and the next.")
        if not ended and number < len(pieces):
            raise Unfit(f"Turn {number} has no {END}.")
        if number == len(pieces) and role.strip() == "assistant" and not ended and not content.strip():
            break
        found.append({"role": role, "content": content.removesuffix("\n")})
    return from_messages(found)

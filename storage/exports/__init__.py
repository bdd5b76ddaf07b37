"""Rows as files that other tools train from: one small module per format, in one table.

    write(rows, "openai-chat", path)

Values are written as they are, but for one thing: a CSV or TSV cell that a spreadsheet would run as
a formula gets an apostrophe before it, which `restored` takes off again.
"""

from storage.exports.format import Format
from storage.exports.options import Options
from storage.exports.rows import Conversation, ExportRow, Message, Pair, conversation, messages, pair
from storage.exports.spreadsheet import FORMULA_STARTS, defused, restored
from storage.exports.table import FORMATS, named
from storage.exports.writing import Written, write

__all__ = [
    "FORMATS", "FORMULA_STARTS", "Conversation", "ExportRow", "Format", "Message", "Options", "Pair",
    "Written", "conversation", "defused", "messages", "named", "pair", "restored", "write",
]  # fmt: skip

"""Conversations in the forms other tools keep them in, told by what rows hold, as four columns.

`system`, `prompt` (the last thing the user said before the answer), `conversation` (the turns before the
answer without the system's, as JSON) and `answer` (the assistant's last turn, empty where it has not yet
answered). The other columns stay beside them.
"""

from curation.imports.reading.shapes.forms import Shape
from curation.imports.reading.shapes.recognised import Recognised, recognised

__all__ = ["Recognised", "Shape", "recognised"]

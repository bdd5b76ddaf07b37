"""Gold: records whose right output is known, and how people fare on them without knowing which those are."""

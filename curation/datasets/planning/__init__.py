"""Which rows a version has, in which split and wording, planned before anything is written."""

"""The `understudy` command: every step of the loop, for people (tables) and for programs (`--json`)."""

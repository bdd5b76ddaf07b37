"""Print the requirements of one extra of pyproject.toml: `python tests/extras.py dev`."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
sys.stdout.write("\n".join(project["optional-dependencies"][sys.argv[1]]) + "\n")

"""What of Argilla is replaced at its start still is what it was when the replacement was written."""

from __future__ import annotations

import subprocess

import pytest

from storage.services import argilla

pytestmark = pytest.mark.argilla

LOOK = """
import inspect, sys
sys.path.insert(0, sys.argv[1])
from argilla_server._version import __version__
import settings_parsed_once
for model, returned in settings_parsed_once.REPLACED.items():
    source = inspect.getsource(model.parsed_settings.fget)
    assert source.split("return ", 1)[1].strip() == returned, source
before = {model: model.parsed_settings for model in settings_parsed_once.REPLACED}
settings_parsed_once.install()
from argilla_server.models import MetadataProperty, Question
given = {"type": "label_selection", "options": [{"value": "a", "text": "A"}]}
question = Question(settings=given)
assert question.parsed_settings == before[Question].fget(question)
price = MetadataProperty(settings={"type": "integer", "min": 1, "max": 5})
assert price.parsed_settings == before[MetadataProperty].fget(price)
for model, wrong in ((Question, {"type": "no such"}), (MetadataProperty, {"type": "integer", "min": "x"})):
    said = []
    for look in (before[model].fget, model.parsed_settings.fget):
        try:
            look(model(settings=wrong))
        except Exception as fault:
            said.append(str(fault))
    assert len(said) == 2 and said[0] == said[1], said
print(__version__)
"""


STATUS = """
import hashlib, inspect, sys
sys.path.insert(0, sys.argv[1])
import record_status_locked as ours
from argilla_server.contexts import distribution
source = inspect.getsource(ours.REPLACED)
assert hashlib.sha256(source.encode()).hexdigest() == ours.REPLACED_SHA256, source
ours.install()
assert distribution.update_record_status is ours.update_record_status
from argilla_server._version import __version__
print(__version__)
"""

EVENTS = """
import hashlib, inspect, sys
sys.path.insert(0, sys.argv[1])
import idle_webhooks as ours
source = "".join(inspect.getsource(function) for function in ours.REPLACED)
assert hashlib.sha256(source.encode()).hexdigest() == ours.REPLACED_SHA256, source
from argilla_server._version import __version__
print(__version__)
"""

MEMBERS = """
import hashlib, inspect, sys
sys.path.insert(0, sys.argv[1])
import membership_asked_once as ours
source = inspect.getsource(ours.REPLACED)
assert hashlib.sha256(source.encode()).hexdigest() == ours.REPLACED_SHA256, source
from argilla_server._version import __version__
print(__version__)
"""
LOOKS = {"settings": LOOK, "record status": STATUS, "events": EVENTS, "members": MEMBERS}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_what_is_replaced_is_what_it_was(look: str) -> None:
    command = [str(argilla.interpreter()), "-c", look, str(argilla.SERVER_FOLDER)]
    environment = {"ARGILLA_DATABASE_URL": "sqlite+aiosqlite://", "HOME": "/nonexistent"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "2.8.0"

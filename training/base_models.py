"""Finding a base model before a job starts: a folder, a hub name, or the demo's own. Loads no torch."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from curation import corpus, tasks
from storage.errors import InvalidInput, MissingDependency
from storage.project import Project
from training import demo_base
from training.config import DEMO_BASE
from training.rendering import no_template

HUB_TIMEOUT_S = 8.0
Finder = Callable[[str], Path | None]
"""Finds a file of a model by its name; None where the model has no such file."""


def check(base_model: str, chat_template: str = "") -> None:
    """See that the base model exists and can be asked. Raises a UserError with the next step."""
    if base_model == DEMO_BASE:
        return
    folder = local_folder(base_model)
    find = _in_folder(folder) if folder else _in_hub(base_model)
    if find("config.json") is None:
        raise InvalidInput(
            f"{folder or base_model} holds no config.json, so it is no model that can be loaded.",
            next_step="Name a folder in Hugging Face format, with config.json, weights and tokenizer.",
        )
    if not chat_template and not _has_chat_template(find):
        raise no_template(base_model)


def local_folder(base_model: str) -> Path | None:
    """The folder that `base_model` names, or None for a hub name.

    Raises InvalidInput for a path that is not there.
    """
    path = Path(base_model).expanduser()
    if path.is_dir():
        return path.resolve()
    looks_like_a_path = base_model.startswith((".", "/", "~")) or base_model.count("/") > 1
    if looks_like_a_path or not _is_hub_name(base_model):
        raise InvalidInput(
            f"There is no base model at {base_model!r}.",
            next_step=f'Give a local folder, a hub name such as "Qwen/Qwen3-0.6B", or "{DEMO_BASE}".',
        )
    return None


def demo_texts(project: Project, task: str) -> tuple[list[str], tuple[str, ...]]:
    """The raw inputs the demo's base may learn from, and the task's label names. Never a held-out record."""
    records = corpus.read(project, task).trainable
    texts = ["\n".join(text for text in record.inputs.values() if text) for record in records]
    return texts, tuple(tasks.get(project, task).labels)


def locate(
    project: Project,
    task: str,
    base_model: str,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """What `from_pretrained` takes for `base_model`; the demo's base is trained if it does not stand yet."""
    if base_model == DEMO_BASE:
        texts, label_names = demo_texts(project, task)
        threads = project.settings.training.threads
        home = demo_base.home(project)
        return str(demo_base.build(home, texts, label_names, threads=threads, progress=progress))
    folder = local_folder(base_model)
    return str(folder) if folder else base_model


def _has_chat_template(find: Finder) -> bool:
    if find("chat_template.jinja") is not None:
        return True
    settings = find("tokenizer_config.json")
    if settings is None:
        return False
    try:
        found: Any = json.loads(settings.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise InvalidInput(f"{settings} is not valid JSON: {fault}.", next_step="Fetch it again.") from fault
    return bool(isinstance(found, dict) and found.get("chat_template"))


def _in_folder(folder: Path) -> Finder:
    return lambda name: folder / name if (folder / name).is_file() else None


def _in_hub(base_model: str) -> Finder:
    """Finds a model's small files: on the hub where it answers, else in the local cache."""
    import huggingface_hub

    names = _hub_names(base_model)

    def find(name: str) -> Path | None:
        if names is None:
            cached = huggingface_hub.try_to_load_from_cache(base_model, name)
            return Path(cached) if isinstance(cached, str) else None
        if name not in names:
            return None
        with _hub_refusals(base_model):
            return Path(huggingface_hub.hf_hub_download(base_model, name))

    return find


def _hub_names(base_model: str) -> frozenset[str] | None:
    """The files of a hub model; None where the hub does not answer and the model is in the cache."""
    import huggingface_hub

    try:
        with _hub_refusals(base_model):
            found = huggingface_hub.HfApi().model_info(base_model, timeout=HUB_TIMEOUT_S)
    except _no_answer() as fault:
        if isinstance(huggingface_hub.try_to_load_from_cache(base_model, "config.json"), str):
            return None
        raise MissingDependency(
            f"Base model {base_model!r} is not in the local cache and the Hugging Face hub does not answer.",
            next_step=f'Connect once to fetch it, copy its folder here and name that, or use "{DEMO_BASE}".',
        ) from fault
    return frozenset(sibling.rfilename for sibling in found.siblings or ())


@contextmanager
def _hub_refusals(base_model: str) -> Iterator[None]:
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as fault:
        raise InvalidInput(
            f"Base model {base_model!r} is gated on the Hugging Face hub.",
            next_step="Accept its licence there and set HF_TOKEN to a token of that account.",
        ) from fault
    except errors.RepositoryNotFoundError as fault:
        raise InvalidInput(
            f"The Hugging Face hub has no model {base_model!r}.",
            next_step="See the spelling, or set HF_TOKEN if the model is private.",
        ) from fault


def _no_answer() -> tuple[type[Exception], ...]:
    """What the hub's client raises without an answer: it has changed its HTTP library twice."""
    from huggingface_hub.errors import HfHubHTTPError

    libraries = [sys.modules[name] for name in ("httpx2", "httpx") if name in sys.modules]
    return (OSError, HfHubHTTPError, *(library.HTTPError for library in libraries))


def _is_hub_name(base_model: str) -> bool:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(base_model)
    except HFValidationError:
        return False
    return True

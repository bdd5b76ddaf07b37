"""The import rules of the house, read from the source of the installed packages."""

from __future__ import annotations

import ast
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("storage", "curation", "training", "eval", "ui")
MEASURES = ("eval.metrics", "eval.statistics", "eval.judge")
MAY_IMPORT = {
    "storage": {"storage"},
    "measures": set(),
    "curation": {"storage", "measures", "curation"},
    "training": {"storage", "measures", "curation", "training"},
    "eval": {"storage", "measures", "curation", "training", "eval"},
    "ui": {"storage", "measures", "curation", "training", "eval", "ui"},
}
HEAVY = {"torch", "transformers", "peft", "accelerate", "tokenizers"}
RUNS_MODELS = ("training", "eval")


def folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        folder = folder_of(package)
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def imports_of(module: str) -> set[str]:
    """Every module that `module` imports anywhere, functions included, with relative ones resolved."""
    path = MODULES[module]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = node.level - (path.name == "__init__.py")
                parent = ".".join(module.split(".")[: len(module.split(".")) - up])
                base = f"{parent}.{base}".strip(".")
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def layer_of(name: str) -> str | None:
    if any(name == measure or name.startswith(f"{measure}.") for measure in MEASURES):
        return "measures"
    top = name.split(".")[0]
    return top if top in PACKAGES else None


def is_argilla_server(module: str) -> bool:
    return module.startswith("storage.argilla_server")


@pytest.mark.parametrize("module", [name for name in MODULES if not is_argilla_server(name)])
def test_imports_run_one_way(module: str) -> None:
    layer = layer_of(module)
    assert layer is not None
    allowed = MAY_IMPORT[layer] | ({layer} if layer == "measures" else set())
    # `from eval import metrics` reads as eval.metrics here, so the sub-package decides
    wrong = {name for name in imports_of(module) if layer_of(name) not in (None, *allowed)}
    assert not wrong, f"{module} ({layer}) imports {sorted(wrong)}"


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("ui")])
def test_only_the_ui_imports_streamlit(module: str) -> None:
    assert not {name for name in imports_of(module) if name.split(".")[0] == "streamlit"}


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] not in RUNS_MODELS])
def test_only_training_and_eval_import_torch(module: str) -> None:
    assert not {name for name in imports_of(module) if name.split(".")[0] in HEAVY}


@pytest.mark.parametrize("module", MODULES)
def test_only_the_argilla_client_speaks_to_argilla(module: str) -> None:
    if is_argilla_server(module) or module.startswith("storage.argilla_client"):
        return
    used = {name.split(".")[0] for name in imports_of(module)}
    assert not used & {"argilla", "argilla_server"}, module


def test_the_embedded_server_imports_nothing_of_ours() -> None:
    for module in filter(is_argilla_server, MODULES):
        wrong = {
            name for name in imports_of(module) if layer_of(name) is not None and not is_argilla_server(name)
        }
        assert not wrong, f"{module} imports {sorted(wrong)}"


def test_nothing_binds_the_name_eval() -> None:
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                bound = {alias.asname or alias.name.split(".")[0] for alias in node.names}
                assert "eval" not in bound, f"{module} binds the builtin's name `eval`"


def test_the_suite_runs_against_the_installed_wheel() -> None:
    if os.environ.get("UNDERSTUDY_EXPECT_WHEEL") != "1":
        pytest.skip("run by `make test`, which installs the wheel")
    for package in PACKAGES:
        assert "site-packages" in str(folder_of(package)), f"{package} was imported from the sources"

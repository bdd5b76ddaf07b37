"""Imports and sources from the command line: files, archives, addresses, and what is new at each."""

from __future__ import annotations

import zipfile
from pathlib import Path

from curation import imports, sources
from curation.imports import Terms
from storage import audit
from storage.project import Project
from tests.curation import sample_task
from tests.curation.imports.reading.web import Answer, site
from tests.ui.cli.commands import answer, understudy

CSV = "title,Brand name,label,seller\nWok,Lodge,Cookware,shop\nTin,Lodge,Bakeware,shop\n"


def test_a_file_is_imported_on_its_terms_and_kept_as_a_source(project: Project, tmp_path: Path) -> None:
    sample_task.made(project)
    home = ("--project", project.root)
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x\n1\n")
        archive.writestr("b.csv", CSV)
    refused = answer("import", "shelf", path, *home, status=2)
    assert "'a.csv', 'b.csv'" in refused["next_step"]
    told = answer(
        "import", "shelf", path, "--member", "b.csv", "--licence", "own", "--consent", "no people in it",
        "--remember", "Shop", *home,
    )  # fmt: skip
    assert (told["new"], told["rejected"]) == (2, 0)
    (past,) = imports.listing(project, "shelf")
    assert past.terms == Terms(licence="own", consent="no people in it")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("b.csv", CSV + "Pan,Lodge,Cookware,shop\n")
    refreshed = understudy("source", "refresh", "shelf", "Shop", *home).stdout
    assert "1 new records" in refreshed
    assert "2 known" in refreshed
    answer("source", "rename", "shelf", "Shop", "Store", *home)
    (listed,) = answer("source", "list", "shelf", *home)["sources"]
    assert (listed["name"], listed["member"], listed["outcome"]["new"]) == ("Store", "b.csv", 1)
    assert "1 new, 2 known" in understudy("source", "list", *home).stdout
    path.unlink()
    gone = answer("source", "refresh", "shelf", "Store", *home, status=2)
    assert "The source 'Store' has vanished" in gone["error"]
    answer("source", "forget", "shelf", "Store", *home)
    assert answer("source", "list", *home)["sources"] == []
    unknown = answer("source", "forget", "shelf", "Store", *home, status=2)
    assert "has no source 'Store'" in unknown["error"]


def test_an_address_is_fetched_imported_and_its_copy_removed(project: Project) -> None:
    sample_task.made(project)
    home = ("--project", project.root)
    with site(lambda path: Answer(CSV.encode())) as web:
        url = f"{web.url}/shelf.csv?token=s3cr3t"
        assert answer("import", "shelf", url, "--extra", "seller", *home)["new"] == 2
        assert answer("import", "shelf", url, "--remember", "Web", *home)["known"] == 2
        told = understudy("source", "list", *home).stdout
    assert list((project.cache_dir / "fetched").iterdir()) == []
    (past, *_) = imports.listing(project, "shelf")
    assert past.terms.origin == f"{web.url}/shelf.csv"
    (kept,) = sources.listing(project, "shelf")
    assert kept.mapping.extras == ("seller",)
    assert "s3cr3t" not in told + str(audit.listing(project)) + str(past)


def test_what_cannot_be_fetched_or_found_says_what_to_do(project: Project) -> None:
    sample_task.made(project)
    refused = answer("import", "shelf", "sftp://host/a.csv", "--project", project.root, status=2)
    assert refused["next_step"] == "pip install paramiko"
    mistyped = answer("import", "shelf", "/nowhere/a.csv", "--project", project.root, status=2)
    assert mistyped["error"] == "There is no file /nowhere/a.csv."
    used = answer("import", "shelf", "file:///etc/hostname", "--project", project.root, status=2)
    assert "of a protocol that nothing is fetched by" in used["error"]

"""Refreshing sources: only what is new comes in, and what has vanished is said to have."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from curation import imports, sources
from curation.imports import Terms
from storage import artifacts, jobs, views
from storage.errors import InvalidInput, NotFound, ServiceUnavailable
from storage.keeping import names
from storage.project import Project
from tests.curation.imports.reading.web import Answer, site
from tests.curation.sources.conftest import MAPPING, rows


def titles(project: Project) -> list[str]:
    found = views.rows(project, "SELECT inputs->>'title' AS title FROM records ORDER BY title", task="shelf")
    return [row["title"] for row in found]


def facts(project: Project) -> list[dict[str, object]]:
    return [dict(one.facts) for one in artifacts.listing(project, "imports", "shelf")]


def test_a_file_that_grew_brings_only_its_new_rows(home: Project, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_bytes(rows(1, 2))
    terms = Terms(licence="own", origin="the shop", consent="contract")
    saved = sources.save(home, "shelf", "Shop", sources.located(str(path)), MAPPING, by="ann", terms=terms)
    assert (saved.refreshed_at, saved.outcome, saved.last_import) == (None, None, None)
    first = sources.refresh(home, saved.source_id, "ann")
    path.write_bytes(rows(1, 2, 3) + b"bad line\n")
    second = sources.refresh(home, saved.source_id, "bob")
    assert (second.new, second.known, second.rejected) == (1, 2, 1)
    assert titles(home) == ["Wok 1", "Wok 2", "Wok 3"]
    stands = sources.get(home, saved.source_id)
    assert stands.outcome == sources.Outcome(read=4, new=1, known=2, rejected=1)
    assert stands.last_import == second.import_id
    again = sources.refresh(home, saved.source_id, "ann")
    assert (again.new, again.again, again.import_id) == (0, True, second.import_id)
    told = facts(home)
    assert [one["source_id"] for one in told] == [saved.source_id] * 2
    assert told[0]["terms"] == {"licence": "own", "origin": "the shop", "consent": "contract"}
    assert (told[0]["source"], told[1]["imported_by"]) == ("Shop", "bob")
    assert first.import_id != second.import_id


def test_the_last_import_of_a_source_is_among_what_the_database_names(home: Project, tmp_path: Path) -> None:
    from storage import database

    path = tmp_path / "shop.csv"
    path.write_bytes(rows(1))
    saved = sources.save(home, "shelf", "Shop", sources.located(str(path)), MAPPING, by="ann")
    made = sources.refresh(home, saved.source_id, "ann")
    with database.engine(home).connect() as connection:
        named = [one for one in names.named(connection) if one.row.startswith("sources ")]
    assert [(one.task, one.reference) for one in named] == [("shelf", f"imports/{made.import_id}")]


def test_a_source_that_vanished_says_so_and_may_come_back(home: Project, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_bytes(rows(1))
    saved = sources.save(home, "shelf", "Shop", sources.located(str(path)), MAPPING, by="ann")
    made = sources.refresh(home, saved.source_id, "ann")
    path.rename(tmp_path / "elsewhere.csv")
    with pytest.raises(NotFound, match="The source 'Shop' has vanished"):
        sources.refresh(home, saved.source_id, "ann")
    stands = sources.get(home, saved.source_id)
    assert stands.outcome is not None
    assert str(path) in stands.outcome.fault
    assert stands.last_import == made.import_id
    path.write_bytes(rows(1, 2))
    assert sources.refresh(home, saved.source_id, "ann").new == 1


def test_a_source_whose_columns_changed_is_refused_as_a_whole(home: Project, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_bytes(rows(1).replace(b"Brand", b"Maker"))
    saved = sources.save(home, "shelf", "Shop", sources.located(str(path)), MAPPING, by="ann")
    with pytest.raises(InvalidInput, match="has no column 'Brand'"):
        sources.refresh(home, saved.source_id, "ann")
    assert facts(home) == []


def test_an_address_is_fetched_at_every_refresh_and_its_copy_is_not_kept(home: Project) -> None:
    served = {"/shop.csv": rows(1)}

    def answer(path: str) -> Answer:
        body = served.get(path.partition("?")[0])
        return Answer(status=404) if body is None else Answer(body)

    with site(answer) as web:
        where = sources.located(f"{web.url}/shop.csv?token=s3cr3t")
        saved = sources.save(home, "shelf", "Web", where, MAPPING, by="ann")
        job = jobs.run_inline(home, sources.start(home, saved.source_id, "ann").job_id)
        assert (job.status, job.kind, job.summary["new"]) == ("succeeded", "refresh", 1)
        served["/shop.csv"] = rows(1, 2, 3)
        job = jobs.run_inline(home, sources.start(home, saved.source_id, "ann").job_id)
        assert (job.summary["new"], job.summary["known"]) == (2, 1)
        assert sources.fetched(home, where) is None
        del served["/shop.csv"]
        job = jobs.run_inline(home, sources.start(home, saved.source_id, "ann").job_id)
        assert job.status == "failed"
        assert "The source 'Web' has vanished. There is nothing at" in job.error
        assert "s3cr3t" not in job.error + jobs.log_tail(home, job.job_id) + str(facts(home))
    with pytest.raises(ServiceUnavailable):
        sources.refresh(home, saved.source_id, "ann")
    assert titles(home) == ["Wok 1", "Wok 2", "Wok 3"]


def test_what_was_fetched_to_be_looked_at_is_imported_without_fetching_it_again(home: Project) -> None:
    with site(lambda path: Answer(rows(1, 2))) as web:
        where = sources.located(f"{web.url}/shop.csv")
        job = sources.fetch(home, "shelf", where.where, "ann")
        assert jobs.run_inline(home, job.job_id).status == "succeeded"
        path = sources.fetched(home, where)
        assert path is not None
        saved = sources.save(home, "shelf", "Web", where, MAPPING, by="ann")
        job = sources.start(home, saved.source_id, "ann", brought=path)
        assert jobs.run_inline(home, job.job_id).summary["new"] == 2
        assert web.asked == ["/shop.csv"]
        assert not path.exists()


def test_copies_that_nobody_imported_are_removed_after_a_week(home: Project) -> None:
    with site(lambda path: Answer(rows(1))) as web:
        old = sources.bring(home, sources.located(f"{web.url}/old.csv"))
        long_ago = time.time() - 8 * 24 * 3600
        os.utime(old.parent, (long_ago, long_ago))
        new = sources.bring(home, sources.located(f"{web.url}/new.csv"))
        assert (old.exists(), new.exists()) == (False, True)


def test_an_uploaded_file_is_kept_with_its_source_and_no_longer(home: Project, tmp_path: Path) -> None:
    upload = tmp_path / "shop.csv"
    upload.write_bytes(rows(1))
    saved = sources.save(home, "shelf", "Upload", sources.Location("upload", str(upload)), MAPPING, by="ann")
    upload.unlink()
    assert sources.refresh(home, saved.source_id, "ann").new == 1
    newer = tmp_path / "newer.csv"
    newer.write_bytes(rows(1, 2))
    again = sources.save(home, "shelf", "Upload", sources.Location("upload", str(newer)), MAPPING, by="bob")
    assert (again.source_id, again.revision, again.location.name) == (saved.source_id, 2, "newer.csv")
    assert sources.refresh(home, saved.source_id, "ann").new == 1
    kept = sorted(path.name for path in (home.cache_dir / "sources").rglob("*.csv"))
    assert kept == ["newer.csv"]
    sources.forget(home, saved.source_id)
    assert list((home.cache_dir / "sources").rglob("*.csv")) == []
    assert titles(home) == ["Wok 1", "Wok 2"]


def test_an_upload_whose_file_was_cleared_away_says_so(home: Project, tmp_path: Path) -> None:
    upload = tmp_path / "shop.csv"
    upload.write_bytes(rows(1))
    saved = sources.save(home, "shelf", "Upload", sources.Location("upload", str(upload)), MAPPING, by="ann")
    next((home.cache_dir / "sources").rglob("*.csv")).unlink()
    with pytest.raises(NotFound, match=r"has vanished.*shop\.csv is gone"):
        sources.refresh(home, saved.source_id, "ann")


def test_one_file_of_an_archive_is_a_source_too(home: Project, tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", rows(1).decode())
        archive.writestr("b.csv", rows(7).decode())
    assert [one.name for one in sources.choices(path)] == ["a.csv", "b.csv"]
    where = sources.located(str(path))
    saved = sources.save(home, "shelf", "Archive", where, MAPPING, by="ann", member="b.csv")
    sources.refresh(home, saved.source_id, "ann")
    assert titles(home) == ["Wok 7"]
    assert imports.listing(home, "shelf")[0].file == "all.zip"

"""Tasks of any kind and their error tags from the command line."""

from __future__ import annotations

from pathlib import Path

from curation import tasks
from storage import audit
from storage.project import Project
from tests.ui.cli.commands import answer, understudy


def test_a_task_is_made_of_a_file_or_a_preset_and_of_one_thing_only(project: Project, tmp_path: Path) -> None:
    home = ("--project", project.root)
    assert [one["name"] for one in answer("task", "presets")["presets"]] == list(tasks.PRESETS)
    answer("task", "add", "titles", "--preset", "news-titles", "--title", "Our titles", *home)
    made = tasks.get(project, "titles")
    assert (made.title, made.length) == ("Our titles", tasks.preset("news-titles").length)
    path = tmp_path / "task.toml"
    path.write_text('name = "claims"\ntitle = "Claims"\nkind = "extraction"\ninput_columns = ["document"]\n')
    assert "Task claims: extraction." in understudy("task", "add", "--file", path, *home).stdout
    refused = answer("task", "add", "both", "--file", path, "--preset", "news-titles", *home, status=2)
    assert "of one of them" in refused["error"]


def test_the_vocabulary_is_changed_by_commands_and_each_is_in_the_log(project: Project) -> None:
    home = ("--project", project.root)
    answer("task", "add", "titles", "--preset", "news-titles", *home)
    tags = ("task", "tags")
    added = answer(*tags, "add", "titles", "Too dry", "--group", "Words", *home)["tags"]
    assert ("too_dry", "Words") in [(tag["code"], tag["group"]) for tag in added]
    answer(*tags, "reword", "titles", "too_dry", "--name", "Dull", "--place", "1", *home)
    answer(*tags, "merge", "titles", "acronym", "jargon", *home)
    answer(*tags, "retire", "titles", "dataset", *home)
    shown = understudy(*tags, "list", "titles", *home).stdout.splitlines()
    assert shown[1].split()[:2] == ["too_dry", "Dull"]
    assert any(line.startswith("acronym") and "merged into jargon" in line for line in shown)
    answer(*tags, "restore", "titles", "dataset", *home)
    assert tasks.get(project, "titles").offered_tags[0].code == "too_dry"
    assert "dataset" in [tag.code for tag in tasks.get(project, "titles").offered_tags]
    named = [
        line.action for line in audit.listing(project, audit.Filters()) if line.action.startswith("tag.")
    ]
    assert sorted(named) == ["tag.add", "tag.merge", "tag.restore", "tag.retire", "tag.reword"]
    refused = answer(*tags, "merge", "titles", "nothing", "jargon", *home, status=2)
    assert "'nothing' is not an error tag" in refused["error"]

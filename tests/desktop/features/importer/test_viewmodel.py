"""Looking at a folder, bringing it in, taking it back."""

from __future__ import annotations

from pathlib import Path

from desktop_lms.features.importer.viewmodel import ImportModel
from tests.desktop.features.teaching import Desk


def folder(path: Path) -> Path:
    root = path / "sky"
    for name, text in (
        ("README.md", "# Sky watching\n\nA course about weather.\n"),
        ("1-clouds/1-kinds/README.md", "# Ten kinds\n\nCirrus, ![one](cirrus.png) and [more](https://example.org).\n"),
        ("1-clouds/2-halos/README.md", "# Halos\n\nA ring.\n"),
        ("2-wind/1-why/README.md", "# Why wind blows\n\nFrom high to low.\n"),
        ("LICENSE.md", "Anybody may use this.\n"),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def test_a_folder_is_looked_at_reported_brought_in_and_taken_back(desk: Desk, tmp_path: Path) -> None:
    model = ImportModel(desk.store)
    made: list[str] = []
    model.imported.connect(made.append)
    model.scan(folder(tmp_path))
    assert model.phase == "report"
    assert not desk.workspace.courses.my_courses()
    assert any("kinds" in item.path for item in model.items("imported"))
    model.search("license")
    assert [i.path for i in model.items("left_out")] == ["LICENSE.md"]
    assert "LICENSE.md" in model.report_text({"imported": "In", "changed": "Changed", "left_out": "Out"})
    model.set_title("Weather for everyone")
    model.start()
    assert model.phase == "done"
    assert desk.workspace.courses.draft(made[0]).title == "Weather for everyone"
    assert {"Ten kinds", "Halos", "Why wind blows"} <= set(desk.lessons(made[0]))
    model.undo()
    assert desk.workspace.courses.draft(made[0]).status == "archived"
    assert model.phase == "choose"


def test_what_is_no_course_is_said_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    model = ImportModel(desk.store)
    (tmp_path / "empty").mkdir()
    model.scan(tmp_path / "empty")
    assert model.error is not None
    assert model.error.code == "not_a_course"
    assert model.phase == "choose"
    (tmp_path / "film.mp4").write_bytes(b"\0")
    model.scan(tmp_path / "film.mp4")
    assert model.error.code == "folder_wanted"
    model.scan(tmp_path / "nowhere")
    assert model.error.code == "no_such_path"


def test_a_title_is_needed(desk: Desk, tmp_path: Path) -> None:
    model = ImportModel(desk.store)
    model.scan(folder(tmp_path))
    model.set_title("  ")
    model.start()
    assert model.error is not None
    assert model.error.code == "title_needed"
    assert model.phase == "report"

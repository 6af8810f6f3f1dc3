"""Folders that are broken, foreign or meant to do harm: a reason for each file, and the rest comes in."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from lms_core.errors import UserError
from lms_core.formats.links import Links, callouts
from lms_core.formats.markdown_folder import ImportPlan, scan
from lms_core.formats.reading import decode, parse_yaml, split_front
from lms_core.formats.report import Report
from lms_core.formats.tree import MAX_DEPTH, Tree

GOOD = "# Good\n\nText."


def folder(root: Path, **files: bytes | str) -> Path:
    """A course of one good lesson, with more files; two underscores in a name stand for a slash."""
    for name, data in ({"01-good.md": GOOD} | files).items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


def reasons(plan: ImportPlan) -> dict[str, str]:
    return {item.path: item.reason for item in plan.report.items if item.outcome != "imported"}


def titles(plan: ImportPlan) -> list[str]:
    return [lesson.title for lesson in plan.document.lessons()]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda root: root / "gone", "no_such_path"),
        (lambda root: folder(root) / "01-good.md", "folder_wanted"),
        (lambda root: root, "not_a_course"),
        (lambda root: (root / "README.md").write_text("# Only this") and root, "no_lessons"),
        (lambda root: (root / "01-a.md").write_text(" \n\n") and root, "no_lessons"),
        (lambda root: (root / "01-a.md").write_bytes(b"\0\1\2") and root, "no_lessons"),
    ],
)
def test_what_is_no_course_is_said_in_a_sentence(tmp_path: Path, make: object, code: str) -> None:
    with pytest.raises(UserError) as refused:
        scan(make(tmp_path))  # type: ignore[operator]
    assert refused.value.code == code
    assert str(tmp_path) in refused.value.message


def test_nothing_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    Image.new("RGB", (4, 4)).save(tmp_path / "secret.png")
    root = folder(tmp_path / "c", **{
        "02-x.md": "![a](../secret.png) ![b](/../secret.png) ![c](%2e%2e/secret.png) [d](../secret.md) ![e](l.png) "
        "[f](file:///etc/passwd) [g](javascript:alert) ![h](....//secret.png)",
    })  # fmt: skip
    (root / "03-link.md").symlink_to(tmp_path / "secret.md")
    (root / "l.png").symlink_to(tmp_path / "secret.png")
    (root / "up").symlink_to(tmp_path)
    (root / "me").symlink_to(root)
    (root / "a.md").symlink_to("b.md")
    (root / "b.md").symlink_to("a.md")
    plan = scan(root)
    assert titles(plan) == ["Good", "X"]
    assert plan.document.lessons()[1].body == "*a* *b* *c* d *e* f g *h*"
    assert plan.files == {}
    outside = {path for path, reason in reasons(plan).items() if reason == "outside"}
    assert outside == {"03-link.md", "l.png", "up", "me", "a.md", "b.md"}


def test_links_inside_the_folder_are_followed(tmp_path: Path) -> None:
    root = folder(tmp_path)
    (root / "02-again.md").symlink_to("01-good.md")
    assert titles(scan(root)) == ["Good", "Good"]


def test_files_that_cannot_be_taken_have_their_reason(tmp_path: Path) -> None:
    plan = scan(folder(
        tmp_path, **{
            "02-huge.md": b"word " * (2 << 20) + b"!", "03-binary.md": bytes(range(32)) * 9,
            "04-empty.md": "---\nx: 1\n---\n", "05-old.md": "# Öl und Wasser\n\n„Wörter“".encode("cp1252"),
            "06-wide.md": "# Weit".encode("utf-16"),
            "07-torn.md": b"\xff\xfea", "node_modules__x.md": "x", "__".join("d" * (MAX_DEPTH + 2)) + "__x.md": "x",
            "notes.txt": "x",
        },
    ))  # fmt: skip
    os.mkfifo(tmp_path / "08-pipe.md")
    assert titles(plan) == ["Good", "Öl und Wasser", "Weit"]
    assert plan.document.lessons()[1].body == "„Wörter“"
    deep = "/".join("d" * (MAX_DEPTH + 1))
    expected = {
        "02-huge.md": "too_large", "03-binary.md": "binary", "04-empty.md": "empty", "05-old.md": "encoding",
        "06-wide.md": "encoding", "07-torn.md": "binary", "node_modules": "made_by_tools", deep: "too_deep",
        "notes.txt": "not_used",
    }  # fmt: skip
    assert reasons(plan) == expected
    assert reasons(scan(tmp_path)) == {**expected, "08-pipe.md": "not_a_file"}
    assert all(item.sentence.endswith(".") and "{" not in item.sentence for item in plan.report.items)


def test_names_that_are_no_text_are_told(tmp_path: Path) -> None:
    root = folder(tmp_path)
    (root / os.fsdecode(b"02-\xff.md")).write_text("x")
    (root / "03-a\nb").mkdir()
    plan = scan(root)
    assert titles(plan) == ["Good"]
    assert {path.encode(): reason for path, reason in reasons(plan).items()} == {
        "02-\ufffd.md".encode(): "bad_name", "03-a\ufffdb".encode(): "bad_name",
    }  # fmt: skip


def test_what_goes_away_while_it_is_read_is_told(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    root = folder(tmp_path, **{"01-good.md": f"{GOOD} ![sky](a.png)", "02-x.md": "x", "03-quiz.yaml": "questions: []"})

    def listen(done: int, total: int, name: str) -> bool:
        for gone in ("02-x.md", "03-quiz.yaml", "a.png"):
            (root / gone).unlink(missing_ok=True)
        return True

    plan = scan(root, listen)
    assert plan.document.lessons()[0].body == "Text. *sky*"
    assert reasons(plan) == {"02-x.md": "unreadable", "03-quiz.yaml": "quiz_unreadable", "a.png": "unreadable"}


def test_a_link_to_a_file_that_was_left_out_becomes_words(tmp_path: Path) -> None:
    plan = scan(folder(tmp_path, **{"01-good.md": "[next](02-x.md)", "02-x.md": b"\0\0"}))
    assert plan.document.lessons()[0].body == "next"


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]\n" for before, after in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    "trap",
    [
        BOMB + "title: *h", "a: &a [*a]\ntitle: *a", "x: " + "[" * 3000, "x: [1", "- list",
        "x:\n" + "\n".join(" " * n + "x:" for n in range(1, 200)),
            "x: " + "[a," * 900, "? {a: b}\n: c", "\t", "x: 2024-99-99",
    ],
)  # fmt: skip
def test_settings_that_set_traps_are_left_away(tmp_path: Path, trap: str) -> None:
    plan = scan(folder(tmp_path, **{
        "course.yaml": trap, "02-m__module.yaml": trap, "02-m__01-x.md": f"---\n{trap}\n---\nBody.",
        "02-m__02-quiz.yaml": trap,
    }))  # fmt: skip
    assert titles(plan) == ["Good", "X"]
    assert plan.document.lessons()[1].body == "Body."
    assert reasons(plan) == {
        "course.yaml": "settings_unreadable", "02-m/module.yaml": "settings_unreadable",
        "02-m/01-x.md": "front_matter", "02-m/02-quiz.yaml": "quiz_unreadable",
    }  # fmt: skip


def test_settings_of_the_wrong_kind_are_not_taken(tmp_path: Path) -> None:
    plan = scan(folder(tmp_path, **{
        "course.yaml": "title: [a, b]\nsubtitle: {x: 1}\nlevel: [expert]\nlanguage: null\nauthors: {a: b}\n"
        "objectives: [1, yes, true, {a: b}, 2024-01-02, '', !!python/name:os.system '']\n"
        "license: 4\nnav: 7\nepisodes: {}\n",
        "02-x.md": "---\ntitle: [1]\nminutes: .inf\npreview: 'no'\nkind: {}\n---\nx",
    }))  # fmt: skip
    document = plan.document
    assert (document.subtitle, document.level, document.language, document.authors) == ("", "all_levels", "en", ())
    assert (document.objectives, document.license) == (("1", "yes", "2024-01-02"), "4")
    found = document.lessons()[1]
    assert (found.title, found.minutes, found.preview, found.kind) == ("X", None, False, "reading")


def test_short_titles_are_made_longer(tmp_path: Path) -> None:
    assert scan(folder(tmp_path / "ai")).document.title == "Course Ai"


def test_pictures_that_are_none_are_told(tmp_path: Path) -> None:
    Image.new("1", (8000, 7000)).save(tmp_path / "big.png")
    plan = scan(folder(tmp_path, **{
        "bad.png": b"\x89PNG\r\n\x1a\n....", "x.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "01-good.md": "![big](big.png) ![bad](bad.png) ![svg](x.svg) ![](bad.png)",
    }))  # fmt: skip
    (svg,) = plan.document.media
    assert plan.document.lessons()[0].body == f"*big* *bad* ![svg](media:{svg.sha256}) "
    assert {i.path: i.sentence for i in plan.report.of("left_out")} == {
        "big.png": "The picture big.png is too large.", "bad.png": "bad.png is no picture that can be shown.",
    }  # fmt: skip


@pytest.mark.parametrize(
    "piece", ["[", "![", "[a](", "[a", "<img ", "`", "``` ", "[a][", "[a]: ", "::: x\n", "](", "<img src='", "# "]
)
def test_marks_that_are_never_closed_take_no_minutes(tmp_path: Path, piece: str) -> None:
    text = piece * 40_000
    plan = scan(folder(tmp_path, **{"02-x.md": f"Start\n\n{text}"}))
    assert len(plan.document.lessons()) >= 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("[]()!<>`~:# \n\\|*_-=\"'{}ab.\u00e4%/") | st.characters(), max_size=200))
def test_any_text_comes_in(tmp_path: Path, text: str) -> None:
    links = Links(Tree(tmp_path, Report()), {}, lambda path, alt: None)
    clean, _ = decode(text.encode("utf-8", "replace"))
    if clean is not None:
        front, body, _ = split_front(clean)
        assert isinstance(front, dict)
        rewritten = links.rewrite(callouts(body), tmp_path / "x.md")
        assert "\0" not in rewritten


@given(st.text(max_size=120))
def test_any_yaml_is_a_map_or_a_reason(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse_yaml(text), dict)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_none(data: bytes) -> None:
    text, name = decode(data)
    assert (text is None) == (name == "")
    assert text is None or not {"\0", "\r", "\ufeff", "\x1b"} & set(text)

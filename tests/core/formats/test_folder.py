"""What an import makes of a folder, and what it says about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lms_core.content.model import LessonDoc
from lms_core.errors import UserError
from lms_core.formats.markdown_folder import MAX_BODY, ImportPlan, scan
from lms_core.media.store import MediaStore


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files by path."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


def picture(path: Path, colour: str = "teal") -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 6), colour).save(path)
    return path.read_bytes()


def outline(plan: ImportPlan) -> dict[str, list[str]]:
    return {module.title: [lesson.title for lesson in module.lessons] for module in plan.document.modules}


def lesson(plan: ImportPlan, title: str) -> LessonDoc:
    return next(each for each in plan.document.lessons() if each.title == title)


def said(plan: ImportPlan) -> set[tuple[str, str, str]]:
    return {(item.path, item.outcome, item.reason) for item in plan.report.items}


# --- order and titles
def test_numbers_give_the_order_and_names_the_titles(tmp_path: Path) -> None:
    write(tmp_path, {
        "10-last/01-z.md": "text", "2-first/README.md": "# The first part\n\nAbout it.",
        "2-first/lesson-10.md": "# Ten\n\nx", "2-first/lesson-9.md": "No heading.", "2-first/1_what-is-it.md": "x",
        "course.yaml": "title: Tides\nlevel: beginner\nauthors: [Ada, Bo]\nobjectives: See the sea",
    })  # fmt: skip
    plan = scan(tmp_path)
    assert outline(plan) == {"The first part": ["What is it", "Lesson 9", "Ten"], "Last": ["Z"]}
    document = plan.document
    assert (document.title, document.level, document.authors) == ("Tides", "beginner", ("Ada", "Bo"))
    assert document.objectives == ("See the sea",)
    assert document.modules[0].description == "About it."


def test_front_matter_comes_first(tmp_path: Path) -> None:
    write(tmp_path, {
        "01-a.md": "---\ntitle: Real name\nminutes: 7\npreview: true\n---\n\n# Another\n\nText.",
        "02-b.md": "---\nteaching: 10\nexercises: 5\nkind: assignment\n---\n# Task\nDo it.",
    })  # fmt: skip
    first, second = scan(tmp_path).document.lessons()
    assert (first.title, first.minutes, first.preview, first.body) == ("Real name", 7, True, "# Another\n\nText.")
    assert (second.title, second.minutes, second.preview, second.kind) == ("Task", 15, False, "assignment")
    assert second.body == "Do it."


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# Halos #\n\nIce.", "Halos", "Ice."),
        ("Halos\n=====\n\nIce.", "Halos", "Ice."),
        ("\ufeff# Halos\r\n\r\nIce.", "Halos", "Ice."),
        ("# *Halos* and [sun](http://x.example) {#top}\nIce.", "Halos and sun", "Ice."),
        ("```sh\n# install it\n```\n", "Sky", "```sh\n# install it\n```"),
        ("### Small\nIce.", "Sky", "### Small\nIce."),
        ("Before.\n\n# Later\nIce.", "Later", "Before.\n\n# Later\nIce."),
    ],
)
def test_the_first_heading_is_the_title(tmp_path: Path, text: str, title: str, body: str) -> None:
    found = scan(write(tmp_path, {"01-sky.md": text})).document.lessons()[0]
    assert (found.title, found.body) == (title, body)


def test_orders_that_other_programs_write_are_kept(tmp_path: Path) -> None:
    pages = {"docs/b.md": "# B\nx", "docs/a.md": "# A\nx", "docs/c.md": "# C\nx"}
    mkdocs = write(tmp_path / "mkdocs", pages | {
        "mkdocs.yml": "site_name: Sea\nplugins: [!!python/name:x.y '']\n"
        "nav:\n  - Home: d.md\n  - Start: [b.md, {Second: a.md}, {Deep: [b.md, c.md]}]\n"
        "  - c.md\n  - Rest: [e.md]\n  - f.md\n",
        "docs/d.md": "# D\nx", "docs/e.md": "# E\nx", "docs/f.md": "x",
    })  # fmt: skip
    modules = scan(mkdocs).document.modules
    assert [(m.title, [x.title for x in m.lessons]) for m in modules] == [
        ("Sea", ["D"]), ("Start", ["B", "A", "C"]), ("Rest", ["E"]), ("Sea", ["F"]),
    ]  # fmt: skip
    assert len({m.id for m in modules}) == 4
    assert scan(mkdocs).document.title == "Sea"
    book = write(tmp_path / "book", pages | {
        "docs/SUMMARY.md": "# Summary\n\n- [B](b.md)\n\n## Rest\n\n- [C](./c.md)\n  - [A](a.md)\n- [Not here](z.md)\n"
    })  # fmt: skip
    assert outline(scan(book)) == {"Book": ["B"], "Rest": ["C", "A"]}
    workshop = write(tmp_path / "ws", {"episodes/b.md": "# B\nx", "episodes/a.md": "# A\nx",
                                       "config.yaml": "title: Git\nepisodes: [b.md, a.md, gone.md]"})  # fmt: skip
    assert outline(scan(workshop)) == {"Git": ["B", "A"]}


def test_a_lesson_folder_has_its_pages_and_its_assignment_last(tmp_path: Path) -> None:
    write(tmp_path / "1-farm", {
        "lessons/1-soil/README.md": "# Soil\nx", "lessons/1-soil/assignment.md": "# Dig\nx",
        "lessons/1-soil/pi.md": "# With a Pi\nx", "README.md": "# Farm\nAbout.",
    })  # fmt: skip
    plan = scan(tmp_path)
    assert [(x.title, x.kind) for x in plan.document.lessons()] == [
        ("Soil", "reading"), ("With a Pi", "reading"), ("Dig", "assignment"),
    ]  # fmt: skip
    assert outline(plan).keys() == {"Farm"}
    counts = plan.report.counts
    assert (counts["lesson"], counts["page"], counts["assignment"], counts["introduction"]) == (1, 1, 1, 1)


def test_nested_modules_name_the_folder_they_are_in(tmp_path: Path) -> None:
    write(tmp_path, {"web/intro.md": "x", "web/css/box.md": "x", "web/css/flex.md": "x"})
    assert outline(scan(tmp_path)) == {"Web": ["Intro"], "Web – Css": ["Box", "Flex"]}


def test_files_without_numbers_are_lessons_too(tmp_path: Path) -> None:
    write(tmp_path, {"README.md": "# Knots\n\nAll about knots.\n\n## Licence\nMIT", "bowline.md": "x", "reef.md": "y",
                     "CONTRIBUTING.md": "x", "code-of-conduct.md": "x"})  # fmt: skip
    plan = scan(tmp_path)
    assert outline(plan) == {"Knots": ["Bowline", "Reef"]}
    assert plan.document.description == "All about knots."
    assert ("CONTRIBUTING.md", "left_out", "not_a_lesson") in said(plan)


def test_translations_stay_out_and_say_so(tmp_path: Path) -> None:
    names = ("1-x.md", "1-x.fr.md", "1-x.pt-BR.md", "translations/1-x.de.md", "2-node.js.md")
    write(tmp_path, {f"1-a/{name}": "x" for name in names})
    plan = scan(tmp_path)
    assert outline(plan) == {"A": ["X", "Node.js"]}
    assert {path for path, _, reason in said(plan) if reason == "translation"} == {
        "1-a/1-x.fr.md", "1-a/1-x.pt-BR.md", "1-a/translations",
    }  # fmt: skip


# --- links and pictures
def test_links_lead_to_lessons_and_pictures_to_files(tmp_path: Path) -> None:
    shown = picture(tmp_path / "1-a" / "images" / "my pic (1).png")
    write(tmp_path, {
        "1-a/1-x.md": "# X\n[two](2-y.md#end) [up](../2-b/README.md) [folder](../2-b/) [root](/1-a/2-y.md) "
        "[no](z.md)\n\n"
        "![one](<images/my pic (1).png>) ![two](images/my%20pic%20(1).png){alt='better'} "
        "<img src='images/my pic (1).png' alt='three'>\n\n"
        "[web](https://x.example/a_(b)) [mail](mailto:a@b.example) [here](#x)",
        "1-a/2-y.md": "# Y\nx", "2-b/README.md": "# B\nx", "2-b/assignment.md": "x",
    })  # fmt: skip
    plan = scan(tmp_path)
    body = lesson(plan, "X").body
    y, b = lesson(plan, "Y").id, lesson(plan, "B").id
    (media,) = plan.document.media
    assert body.splitlines()[0] == f"[two](lesson:{y}#end) [up](lesson:{b}) [folder](lesson:{b}) [root](lesson:{y}) no"
    assert [f"![{alt}](media:{media.sha256})" in body for alt in ("one", "better", "three")] == [True] * 3
    assert body.splitlines()[-1] == "[web](https://x.example/a_(b)) [mail](mailto:a@b.example) [here](#x)"
    assert (media.name, media.mime, media.size, media.alt) == ("my pic (1).png", "image/png", len(shown), "three")
    assert ("1-a/1-x.md", "changed", "link_unknown") in said(plan)


def test_links_by_name_are_followed(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    write(tmp_path, {
        "1-x.md": "# X\n[![Pic][img]][Two] [two][] [see][web] [^1] - [ ] [nobody]\n\n"
        "[img]: a.png\n[two]: <2-y.md> 'Y'\n"
        "[web]: https://x.example\n[^1]: 2-y.md",
        "2-y.md": "# Y\nx",
    })  # fmt: skip
    plan = scan(tmp_path)
    y, sha = lesson(plan, "Y").id, plan.document.media[0].sha256
    assert lesson(plan, "X").body == (
        f"[![Pic](media:{sha})](lesson:{y}) [two](lesson:{y}) [see][web] [^1] - [ ] [nobody]\n\n"
        "[web]: https://x.example\n[^1]: 2-y.md"
    )


@pytest.mark.parametrize(
    "code", ["`[a](b.md)`", "``![a](`b.png)``", "```md\n[a](b.md)\n```", "~~~\n<img src='a.png'>\n[a]: b.md\n~~~"]
)
def test_code_is_left_alone(tmp_path: Path, code: str) -> None:
    plan = scan(write(tmp_path, {"1-x.md": f"Before\n\n{code}\n\n[gone](b.md)"}))
    assert plan.document.lessons()[0].body == f"Before\n\n{code}\n\ngone"


def test_remote_pictures_become_links(tmp_path: Path) -> None:
    plan = scan(
        write(tmp_path, {"1-x.md": "![Sky](https://x.example/a.png) ![](//x.example/b.png) ![c](data:image/x,y)"})
    )
    assert plan.document.lessons()[0].body == "[Sky](https://x.example/a.png)  c"
    assert plan.report.counts["remote_picture"] == 3


def test_blocks_between_colons_become_callouts(tmp_path: Path) -> None:
    text = ":::::: challenge\n\n## Try\n\n::: solution\n```\n:::\n```\n:::\n\n::::::\n\nAfter"
    body = scan(write(tmp_path, {"1-x.md": text})).document.lessons()[0].body
    assert [line for line in body.splitlines() if line] == [
        '!!! question "Challenge"', "    ## Try", '    !!! tip "Solution"', "        ```", "        :::", "        ```",
        "After",
    ]  # fmt: skip


# --- bringing it in
def test_the_pictures_are_stored_once(tmp_path: Path) -> None:
    picture(tmp_path / "c" / "a.png")
    picture(tmp_path / "c" / "b.png")
    write(tmp_path / "c", {"1-x.md": "![a](a.png) ![b](b.png)"})
    plan, media = scan(tmp_path / "c"), MediaStore(tmp_path / "media")
    plan.store(media)
    assert [*media] == [plan.document.media[0].sha256]
    plan.store(media)


def test_a_folder_that_changed_meanwhile_is_not_brought_in(tmp_path: Path) -> None:
    path = tmp_path / "c" / "a.png"
    picture(path)
    plan = scan(write(tmp_path / "c", {"1-x.md": "![a](a.png)"}))
    media = MediaStore(tmp_path / "media")
    picture(path, "red")
    for change in (lambda: None, lambda: path.write_bytes(b"no picture"), path.unlink):
        change()
        with pytest.raises(UserError, match="Look at it again"):
            plan.store(media)
    assert not [*media]


def test_a_listener_follows_and_stops(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}-x.md": "x" for n in range(1, 5)})
    told: list[tuple[int, int, str]] = []
    scan(tmp_path, lambda *step: told.append(step) is None)
    assert [done for done, _, _ in told] == list(range(8))
    assert {total for _, total, _ in told} == {8}
    with pytest.raises(UserError) as stopped:
        scan(tmp_path, lambda done, total, name: done < 5)
    assert stopped.value.code == "cancelled"


def test_looking_for_files_in_a_large_folder_can_be_stopped(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}/{n}.bin": "x" for n in range(160)})
    seen: list[str] = []

    def stop(done: int, total: int, name: str) -> bool:
        seen.append(name)
        return len(seen) < 2

    with pytest.raises(UserError) as stopped:
        scan(tmp_path, stop)
    assert (stopped.value.code, len(seen)) == ("cancelled", 2)


def test_a_long_text_becomes_several_lessons_and_loses_nothing(tmp_path: Path) -> None:
    chapters = "\n\n".join(f"## Part {n}\n\n" + "Wind and waves. " * 2000 for n in range(20))
    plan = scan(write(tmp_path, {"1-x.md": f"# Long\n\n{chapters}", "2-y.md": "ä" * (MAX_BODY + 5)}))
    parts = [each for each in plan.document.lessons() if each.title.startswith("Long")]
    assert [each.title for each in parts] == ["Long", "Long (2)", "Long (3)"]
    assert all(each.body.startswith("## Part") and len(each.body) <= MAX_BODY for each in parts)
    assert "".join("".join(each.body for each in parts).split()) == "".join(chapters.split())
    assert len({each.id for each in plan.document.lessons()}) == 5
    assert ("1-x.md", "changed", "split") in said(plan)


def test_the_same_folder_gives_the_same_course(tmp_path: Path) -> None:
    write(tmp_path, {"1-x.md": "[y](2-y.md)", "2-y.md": "x"})
    assert scan(tmp_path).document == scan(tmp_path).document


def test_a_folder_that_was_moved_is_the_same_course(tmp_path: Path) -> None:
    files = {"01-shore/01-waves.md": "# Waves\n\nWind.", "01-shore/02-tides.md": "# Tides\n\nMoon.",
             "course.yaml": "title: Between the tides"}  # fmt: skip
    ids = [scan(write(tmp_path / place, files)).document.course_id for place in ("here", "there")]
    assert ids[0] == ids[1]
    named = files | {"course.yaml": "title: Between the tides\nid: tides"}
    longer = named | {"01-shore/03-sand.md": "# Sand\n\nGrains.", "course.yaml": "title: Tides and sand\nid: tides"}
    kept = [scan(write(tmp_path / place, f)).document.course_id for place, f in (("a", named), ("b", longer))]
    assert kept[0] == kept[1] != ids[0]


# --- active parts
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "Words.\n\n<SCRIPT src=x.js></SCRIPT>",
        "A <b onclick='go()'>word</b>.",
        "<img src=x onerror=alert(1)>",
        "[a link](javascript:alert(1))",
        '<a href=" JavaScript:alert(1)">a link</a>',
        '<a href="java&#115;cript:alert(1)">a link</a>',
        '<iframe src="https://school.example"></iframe>',
    ],
)
def test_active_parts_are_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"01-a.md": f"# One\n\nText.\n\n{text}\n".encode(), "02-b.md": "# Two\n\nText."})
    report = scan(tmp_path).report
    found = [(item.path, item.outcome) for item in report.items if item.reason == "active_parts"]
    assert found == [("01-a.md", "changed")]
    assert report.counts["active_parts"] == 1
    (sentence,) = {item.sentence for item in report.items if item.reason == "active_parts"}
    assert sentence == "Scripts and active parts are not shown."


@pytest.mark.parametrize(
    "text",
    [
        "```html\n<script>alert(1)</script>\n```",
        "    <script>alert(1)</script>",
        "Write `<script>` or `onclick=`.",
        "Set the switch on = 1, then <b>turn</b> onward = x.",
        "[a link](https://school.example/?href=javascript:1)",
        "The word javascript: it names a language.",
    ],
)
def test_what_only_speaks_of_scripts_is_not_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"01-a.md": f"# One\n\nText.\n\n{text}\n".encode()})
    assert "active_parts" not in scan(tmp_path).report.counts


def test_settings_of_a_site(tmp_path: Path) -> None:
    write(tmp_path, {
        "_config.yml": "title: Shell basics\nepisodes: [02-second.md, 01-first.md]\nremote_theme: x\n",
        "_episodes/01-first.md": "# First\n\nText.", "_episodes/02-second.md": "# Second\n\nText.",
    })  # fmt: skip
    plan = scan(tmp_path)
    assert plan.document.title == "Shell basics"
    assert [lesson.title for lesson in plan.document.lessons()] == ["Second", "First"]
    assert ("_config.yml", "imported", "settings") in said(plan)

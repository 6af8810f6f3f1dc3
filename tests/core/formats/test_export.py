"""A course written as a folder comes back as the same course."""

from __future__ import annotations

import wave
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lms_core.content.model import AnswerKey, CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.errors import UserError
from lms_core.formats.markdown_export import export_markdown
from lms_core.formats.markdown_folder import ImportPlan, scan
from lms_core.media.store import MediaStore
from tests.core.formats.test_folder import picture
from tests.samples import PROJECT

SAMPLES = PROJECT / "resources"


def bare(document: CourseDocument, keys: dict[str, AnswerKey]) -> list[Any]:
    """What a course says, with places instead of ids."""
    place = {lesson.id: str(number) for number, lesson in enumerate(document.lessons())}

    def text(body: str) -> str:
        for row, number in place.items():
            body = body.replace(row, number)
        return body.strip()

    def quiz(lesson: LessonDoc) -> Any:
        if lesson.assessment is None:
            return None
        key, a = keys[lesson.assessment.id], lesson.assessment
        questions = [
            (q.kind, text(q.text), q.points, [(o.text, o.id in key.correct[q.id]) for o in q.options],
             key.explanations.get(q.id))
            for q in a.questions
        ]  # fmt: skip
        return (a.mode, a.pass_percent, a.attempts_allowed, a.time_limit_minutes, a.shuffle, questions)

    d = document
    return [
        (d.title, d.subtitle, d.description.strip(), d.language, d.level, d.category),
        (d.authors, d.license, d.objectives, d.requirements),
        sorted((m.sha256, m.mime, m.size) for m in d.media),
        [
            (m.title, text(m.description),
             [(x.title, x.kind, text(x.body), x.minutes, x.preview, quiz(x)) for x in m.lessons])
            for m in d.modules
        ],
    ]  # fmt: skip


def stored(folder: Path, media: MediaStore) -> ImportPlan:
    plan = scan(folder)
    plan.store(media)
    return plan


@pytest.mark.parametrize("name", ["sample_course", "second_course"])
def test_the_sample_courses_come_back(tmp_path: Path, name: str) -> None:
    media = MediaStore(tmp_path / "media")
    plan = stored(SAMPLES / name, media)
    export_markdown(plan.document, tmp_path / "out", keys=plan.keys, media=media)
    again = scan(tmp_path / "out")
    assert bare(again.document, again.keys) == bare(plan.document, plan.keys)
    assert not again.report.of("changed")
    assert not again.report.of("left_out")


def test_what_people_wrote_comes_back(tmp_path: Path, samples: Path) -> None:
    media = MediaStore(tmp_path / "media")
    for name in ("IoT-For-Beginners", "odin-foundations"):
        plan = stored(samples / "markdown" / name, media)
        export_markdown(plan.document, tmp_path / name, keys=plan.keys, media=media)
        again = scan(tmp_path / name)
        assert bare(again.document, again.keys) == bare(plan.document, plan.keys)


def course(*lessons: LessonDoc, **more: Any) -> CourseDocument:
    return CourseDocument("c", "1", "A course", modules=(ModuleDoc("m", "Part", lessons=lessons),), **more)


def through(folder: Path, document: CourseDocument) -> tuple[LessonDoc, ...]:
    export_markdown(document, folder, keys={}, media=MediaStore(folder.parent / "media"))
    return scan(folder).document.lessons()


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Plain", "Text."),
        ("Twice", "# Twice\n\nThe heading is part of the text."),
        ("Twice", "# Twice\n\n# Twice\n\nx"),
        ("C#", "Sharp."),
        ("*Stars* and `code`", "x"),
        ("yes", "x"),
        ("12", "x"),
        ("a: b # c", "---\nx: y\n---\nNot front matter."),
        ("Your assignment", "A lesson about it."),
        ("Quiz", "A lesson named so."),
        ("README", "x"),
        ("???", "x"),
        ("../../up", "x"),
        ("Con" * 60, "x"),
        ("Code", "`[a](lesson:2)` and\n\n```\n![x](media:00)\n```"),
        ("Gone", "[a](lesson:99) ![b](media:" + "0" * 64 + ")"),
    ],
)
def test_odd_lessons_come_back(tmp_path: Path, title: str, body: str) -> None:
    (found,) = through(tmp_path / "out", course(LessonDoc("1", title, body=body)))
    assert (found.title, found.kind, found.body) == (title, "reading", body)


TITLES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=TITLES.map(lambda t: " ".join(t.split())).filter(bool), minutes=st.none() | st.integers(1, 999))
def test_any_title_comes_back(tmp_path_factory: pytest.TempPathFactory, title: str, minutes: int | None) -> None:
    folder = tmp_path_factory.mktemp("t") / "out"
    (found,) = through(folder, course(LessonDoc("1", title, body="Text.", minutes=minutes)))
    assert (found.title, found.body, found.minutes) == (title.replace("\ufeff", ""), "Text.", minutes)


def test_pictures_of_one_name_stay_apart(tmp_path: Path) -> None:
    media = MediaStore(tmp_path / "media")
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='{}' height='9'></svg>"
    names = [media.put(svg.format(width).encode()) for width in (1, 2)]
    refs = tuple(MediaRef(name, "Sky Map.svg", "image/svg+xml", media.size(name)) for name in names)
    gone = MediaRef("0" * 64, "gone.png", "image/png", 1)
    body = " ".join(f"![{n}](media:{name})" for n, name in enumerate(names))
    export_markdown(course(LessonDoc("1", "X", body=body), media=(*refs, gone)), tmp_path / "out", keys={}, media=media)
    images = sorted(path.name for path in (tmp_path / "out" / "images").iterdir())
    assert images == [f"sky-map-{names[1][:8]}.svg", "sky-map.svg"]
    assert scan(tmp_path / "out").document.lessons()[0].body.count("](media:") == 2


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None])
def test_a_new_or_empty_folder_is_filled(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "out")
    assert through(tmp_path / "out", course(LessonDoc("1", "X", body="x")))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "x").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("kept", "file"):
        with pytest.raises(UserError, match="already"):
            through(tmp_path / name, course(LessonDoc("1", "X", body="x")))
    assert (tmp_path / "kept" / "x").read_text() == "mine"


def test_one_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    document = course(LessonDoc("1", "X", body="x"), LessonDoc("2", "Y", body="y"))
    with pytest.raises(UserError) as stopped:
        export_markdown(
            document,
            tmp_path / "out",
            keys={},
            media=MediaStore(tmp_path / "m"),
            progress=lambda done, total, name: done < 1,
        )
    assert stopped.value.code == "cancelled"
    assert not [*tmp_path.iterdir()]


def test_tiers_items_and_files_come_back(tmp_path: Path) -> None:  # LES-03, LES-09, RES-01
    store, source = MediaStore(tmp_path / "store"), tmp_path / "source"
    (source / "one").mkdir(parents=True)
    with wave.open(str(source / "one" / "sea.wav"), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
    (source / "one" / "tables.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n")
    (source / "one" / "sea.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHush.\n", encoding="utf-8")
    (source / "course.yaml").write_text("title: The sea\ntags: [water]\nprogress_method: time\nsequential: true\n")
    (source / "one" / "1-waves.md").write_text(
        "---\nkind: video\naccess: premium\nguest: Some of it.\ndenied: Ask us.\nvideo: https://vimeo.com/1\n"
        "captions: {en: sea.vtt}\npdf: tables.pdf\nkeep: [pdf]\ntranscript: Hush.\nlab: true\nweight: 2\n"
        "resources: [{title: Tables, file: tables.pdf}, {title: Maps, url: 'https://maps.example.org'}, gone.pdf]\n"
        "---\n# Waves\n\n![The sea](sea.wav)\n\nSee the [tables](tables.pdf).\n",
        encoding="utf-8",
    )
    plan = scan(source)
    plan.store(store)
    (lesson,) = plan.document.lessons()
    paper = next(m.sha256 for m in plan.document.media if m.mime == "application/pdf")
    video, pdf = lesson.items
    assert (video.kind, video.url, video.is_primary) == ("video", "https://vimeo.com/1", True)
    assert ([c.language for c in video.captions], video.downloadable, pdf.downloadable) == (["en"], True, False)
    assert (pdf.kind, pdf.media, pdf.is_primary) == ("pdf", paper, False)
    assert [(r.title, r.kind, r.media, r.url) for r in lesson.resources] == [
        ("Tables", "document", paper, ""), ("Maps", "link", "", "https://maps.example.org"),
    ]  # fmt: skip
    assert (lesson.access, lesson.guest, lesson.denied, lesson.has_lab, lesson.weight) == (
        "premium", "Some of it.", "Ask us.", True, 2.0
    )  # fmt: skip
    assert f"(media:{paper})" in lesson.body
    assert [item.values["file"] for item in plan.report.items if item.reason == "file_missing"] == ["gone.pdf"]
    export_markdown(plan.document, tmp_path / "out", keys={}, media=store)
    again = scan(tmp_path / "out").document
    assert again.lessons() == tuple(
        replace(lesson, id=x.id, items=x.items, resources=x.resources) for x in again.lessons()
    )
    first = again.lessons()[0]
    assert [replace(x, id="") for x in first.items] == [replace(x, id="") for x in lesson.items]
    assert [replace(x, id="") for x in first.resources] == [replace(x, id="") for x in lesson.resources]
    assert (again.tags, again.progress_method, again.sequential) == (("water",), "time", True)


def test_the_picture_and_the_quality_of_a_video_come_back(tmp_path: Path) -> None:  # LES-04
    store, source = MediaStore(tmp_path / "store"), tmp_path / "source"
    (source / "one").mkdir(parents=True)
    shown = sha256(picture(source / "one" / "sea.png")).hexdigest()
    front = "---\nkind: video\nvideo: https://vimeo.com/1\nthumbnail: sea.png\nquality: 720p\n---\n# Waves\n"
    (source / "one" / "1-waves.md").write_text(front, encoding="utf-8")
    plan = scan(source)
    plan.store(store)
    export_markdown(plan.document, tmp_path / "out", keys={}, media=store)
    for found in (plan, scan(tmp_path / "out")):
        (video,) = next(iter(found.document.lessons())).items
        assert (video.thumbnail, video.quality) == (shown, "720p")

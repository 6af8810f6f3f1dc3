"""A course whose lessons have everything that a page can show, made as a pack and installed."""

from __future__ import annotations

from hashlib import sha256

from lms_core.content.model import Caption, ContentItem, CourseDocument, LessonDoc, MediaRef, ModuleDoc, ResourceDoc
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace

FILM, SHEET, DATA = b"\x00\x00\x00\x18ftypmp42 no film", b"%PDF-1.4 no pages", b"shell,grams\n1,4.6\n"
TEXT = """Four times the shells, half the margin. Watch the film first.

??? tip "Why four times?"
    The margin shrinks with the square root: $\\sqrt{4} = 2$.

    ```python
    from statistics import mean
    ```

Weigh them yourself:

![How to weigh](media:%s)

```cards
What is a mean? :: The sum over the count
A limpet :: *Patella vulgata*, a snail that holds on
```

```check
What makes the margin half as wide?
- [ ] Twice the shells
- [x] Four times the shells
The margin goes with one over the square root of the count.
```

The end of the text[^1].

[^1]: A note at the foot.
"""


def rich_course(workspace: Workspace) -> str:
    """Install the course; returns the id of its first lesson."""
    names = {}
    files = []
    given = (FILM, "shells.mp4", "video/mp4"), (SHEET, "sheet.pdf", "application/pdf"), (DATA, "shells.csv", "text/csv")
    for data, name, mime in given:
        if name != "shells.mp4":
            workspace.media.put(data)
        names[name] = sha256(data).hexdigest()
        files.append(MediaRef(names[name], name, mime, 48_000_000 if name == "shells.mp4" else len(data)))
    lesson = LessonDoc(
        "rich-1", "How sure can we be?", "video", body=TEXT % names["sheet.pdf"],
        items=(
            ContentItem(id="film", kind="video", title="Weighing limpets", media=names["shells.mp4"], duration=252),
            ContentItem(id="words", kind="text", title="What you need", body="- a scale\n- a bucket"),
        ),
        resources=(
            ResourceDoc(id="data", title="192 weights", kind="dataset", media=names["shells.csv"]),
            ResourceDoc(id="site", title="Shells of this shore", kind="link", url="https://example.org/shells"),
        ),
    )  # fmt: skip
    after = LessonDoc("rich-2", "When samples lie", body="Go back to [the film](lesson:rich-1#four).")
    document = CourseDocument(
        "rich", "1", "Statistics for Everyday Questions", media=tuple(files),
        modules=(ModuleDoc("m", "Sampling", lessons=(lesson, after)),),
    )  # fmt: skip
    body = build_pack(document)
    workspace.installed.install_pack(workspace.media.put(body), body)
    return lesson.id


def large_course(workspace: Workspace) -> str:
    """Install a course with a wide table, a long one and long code; returns its lesson."""
    heads = (
        "Shell",
        "Place",
        "Day",
        "Tide",
        "Weight in g",
        "Length in mm",
        "Who weighed it",
        "What was seen",
    )
    wide = [f"| {n} | Slipway, lower step | {n} May | ebb | 4.{n} | 3{n} | Joseph | barnacles and **weed** around |"
            for n in range(1, 9)]  # fmt: skip
    long = [f"| {n} | {4 + n % 7 / 10:.1f} | {30 + n % 9} | `L{n:03}` |" for n in range(1, 501)]
    code = [f"shell_{n} = weigh(scale, shell={n})  # in grams" for n in range(1, 3001)]
    body = "\n".join([
        "Eight shells, all that was noted of each:", "", f"| {' | '.join(heads)} |", "|---:|" + "---|" * 7, *wide, "",
        "Words go on. Five hundred weights:", "", "| Shell | Grams | Millimetres | Label |", "|---:|---:|---:|---|",
        *long, "", "## What the scale wrote", "", "```python", *code, "```", "", "The end.",
    ])  # fmt: skip
    document = CourseDocument(
        "large", "1", "Statistics for Everyday Questions",
        modules=(ModuleDoc("m", "Sampling", lessons=(LessonDoc("large-1", "All the weights", body=body),)),),
    )  # fmt: skip
    pack = build_pack(document)
    workspace.installed.install_pack(workspace.media.put(pack), pack)
    return "large-1"


def marked_course(workspace: Workspace) -> str:
    """Install the same, with highlights in its windows and in its text; returns its lesson."""
    lesson = large_course(workspace)
    for colour, quote, body in (
        ("amber", "Slipway, lower step\n3 May\nebb", "Ask Joseph about the tide."),
        ("rose", "4.6", ""),
        ("mint", "Five hundred weights", ""),
        ("sky", "shell_4 = weigh(scale, shell=4)", "The heavy one."),
        ("mint", "shell_9 = weigh(scale, shell=9)  # in grams\nshell_10", ""),
        ("rose", "in grams", ""),
    ):
        workspace.notes.add(body, lesson=lesson, course="large", quote=quote, colour=colour)
    return lesson


VTT = b"""WEBVTT

00:00.000 --> 00:01.200
<v Jonas>Twelve limpets, one scale.

00:01.200 --> 00:03.000
Stir first, then weigh three samples.
"""


def film_course(
    workspace: Workspace, film: bytes, *, mime: str = "video/mp4", shared: bool = False, course: str = "film"
) -> str:
    """Install a course of a film with captions, a sound in the text and a video of a platform; returns its lesson."""
    files = []
    for data, name, kind in ((film, "shells.mp4", mime), (VTT, "shells.en.vtt", "text/vtt")):
        named = sha256(data).hexdigest()
        if shared and data is film:
            draft = workspace.media.draft()
            draft.write_bytes(data)
            workspace.media.adopt(draft, named)
        else:
            workspace.media.put(data)
        files.append(MediaRef(named, name, kind, len(data)))
    lesson = LessonDoc(
        f"{course}-1", "How sure can we be?", "video", body="Four times the shells, half the margin.",
        transcript="Twelve limpets.\n\nStir first.",
        items=(
            ContentItem(id="film", kind="video", title="Weighing limpets", media=files[0].sha256, is_primary=True,
                        captions=(Caption("en", files[1].sha256),)),
            ContentItem(id="far", kind="video", title="The same from far away", url="https://youtu.be/dQw4w9WgXcQ"),
        ),
    )  # fmt: skip
    after = LessonDoc(f"{course}-2", "When samples lie", body="Go on.")
    document = CourseDocument(
        course, "1", "Statistics for Everyday Questions", media=tuple(files),
        modules=(ModuleDoc("m", "Sampling", lessons=(lesson, after)),),
    )  # fmt: skip
    body = build_pack(document)
    workspace.installed.install_pack(workspace.media.put(body), body)
    return lesson.id


def online_course(workspace: Workspace) -> str:
    """Install a course whose only video is on a platform; returns its lesson."""
    film = ContentItem(id="far", kind="video", title="Weighing limpets", url="https://youtu.be/dQw4w9WgXcQ")
    lesson = LessonDoc("online-1", "How sure can we be?", "video", body="Four times the shells.", items=(film,))
    document = CourseDocument(
        "online", "1", "Statistics for Everyday Questions", modules=(ModuleDoc("m", "Sampling", lessons=(lesson,)),)
    )
    body = build_pack(document)
    workspace.installed.install_pack(workspace.media.put(body), body)
    return lesson.id

"""The course of a student's day: a film, a PDF, a fold, cards, a check, a file and a quiz, one after the other."""

from __future__ import annotations

from hashlib import sha256

from lms_core.content.model import (
    AnswerKey,
    AssessmentDoc,
    Caption,
    ContentItem,
    CourseDocument,
    LessonDoc,
    MediaRef,
    ModuleDoc,
    OptionDoc,
    QuestionDoc,
    ResourceDoc,
)  # fmt: skip
from lms_core.content.pack import build_key_pack, build_pack
from lms_core.workspace import Workspace
from tests.films import film
from tests.lessons import DATA, VTT
from tests.pdfs import make_pdf
from tests.told import tell

COURSE, FIRST, QUIZ, LAST, ASKED = (f"01a1fda2-0000-7000-a382-9d7d4677200{n}" for n in range(5))
TITLE = "Limpets by Numbers"
SENTENCE, SECOND = "Four times the shells make half the margin.", "The sea takes the light ones first."
BODY = f"""{SENTENCE} {SECOND}

??? tip "Why four times?"
    The margin shrinks with the square root.

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

The end of the text.
"""
QUESTIONS = ("What is a mean?", "What shrinks the margin?")


def day_course(workspace: Workspace) -> None:
    """Install the course, known from the catalogue, and join it; needs an application, which records the film."""
    given = (
        (film(), "weighing.mp4", "video/mp4"), (VTT, "weighing.en.vtt", "text/vtt"),
        (make_pdf(), "sheet.pdf", "application/pdf"), (DATA, "weights.csv", "text/csv"),
    )  # fmt: skip
    for data, _, _ in given:
        workspace.media.put(data)
    media = [MediaRef(sha256(data).hexdigest(), name, mime, len(data)) for data, name, mime in given]
    body = build_pack(_document(media))
    key_pack = build_key_pack({
        ASKED: AnswerKey(ASKED, "1.0", {f"q{n}": ("b",) for n, _ in enumerate(QUESTIONS)}, {"q0": "Add, then divide."})
    })  # fmt: skip
    pack, keys = workspace.media.put(body), workspace.media.put(key_pack)
    workspace.installed.install_pack(pack, body, key_pack=keys)
    tell(workspace, "course_card", "day", course_id=COURSE, title=TITLE, version="1.0", pack=pack, is_published=True,
         lessons=3, category="Biology", level="beginner", language="en", authors=["Jonas Weber"])  # fmt: skip
    workspace.learning.enroll(COURSE)


def _document(media: list[MediaRef]) -> CourseDocument:
    moving, words, paper, data = (each.sha256 for each in media)
    first = LessonDoc(
        FIRST, "How sure can we be?", "video", body=BODY, minutes=4,
        items=(
            ContentItem(id="film", kind="video", title="Weighing limpets", media=moving, is_primary=True,
                        captions=(Caption("en", words),)),
            ContentItem(id="sheet", kind="pdf", title="The sheet", media=paper),
        ),
        resources=(ResourceDoc(id="data", title="192 weights", kind="dataset", media=data),),
    )  # fmt: skip
    asked = tuple(
        QuestionDoc(f"q{n}", "single", words, options=(OptionDoc("a", "Nothing"), OptionDoc("b", "More of them")))
        for n, words in enumerate(QUESTIONS)
    )
    quiz = LessonDoc(QUIZ, "What stays", "quiz", assessment=AssessmentDoc(ASKED, "What stays", questions=asked))
    last = LessonDoc(LAST, "When samples lie", body="Who did not answer? Whoever was asleep.", minutes=2)
    return CourseDocument(
        COURSE, "1.0", TITLE, authors=("Jonas Weber",), level="beginner", category="Biology", media=tuple(media),
        modules=(ModuleDoc("m", "Sampling", lessons=(first, quiz, last)),), sequential=True,
    )  # fmt: skip

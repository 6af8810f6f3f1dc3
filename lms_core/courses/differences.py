"""What is new in a version of a course: a pure function of two documents."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from lms_core.content.model import CourseDocument, LessonDoc


class Changed(msgspec.Struct, frozen=True):
    """A lesson that differs between two versions; `was` is its title before where that was another one."""

    id: str
    title: str
    kind: str
    was: str = ""


class Differences(msgspec.Struct, frozen=True):
    """Lessons by what became of them, each in one list at most, in the order of the version that has them."""

    added: tuple[Changed, ...] = ()
    removed: tuple[Changed, ...] = ()
    changed: tuple[Changed, ...] = ()
    moved: tuple[Changed, ...] = ()
    new_bytes: int = 0
    """Of files that the old version has not."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def differences(old: CourseDocument, new: CourseDocument) -> Differences:
    """Compare two versions of a course.

    A lesson is changed when anything of it is another, and moved when it is the same in another module or stands in
    another order among the lessons that both versions have; as few as possible count as moved.
    """
    before = {lesson.id: lesson for lesson in old.lessons()}
    after = {lesson.id: lesson for lesson in new.lessons()}
    changed = [x for x in after.values() if x.id in before and before[x.id] != x]
    stayed = _stayed(old, new)
    moved = [x for x in after.values() if before.get(x.id) == x and x.id not in stayed]
    files = {media.sha256 for media in old.media}
    return Differences(
        added=tuple(_told(x) for x in after.values() if x.id not in before),
        removed=tuple(_told(x) for x in before.values() if x.id not in after),
        changed=tuple(_told(x, before[x.id]) for x in changed),
        moved=tuple(_told(x) for x in moved),
        new_bytes=sum({m.sha256: m.size for m in new.media if m.sha256 not in files}.values()),
    )


def _told(lesson: LessonDoc, before: LessonDoc | None = None) -> Changed:
    was = before.title if before and before.title != lesson.title else ""
    return Changed(lesson.id, lesson.title, lesson.kind, was)


def _stayed(old: CourseDocument, new: CourseDocument) -> set[str]:
    """Lessons of both that kept module and order: the longest rising run of old places, read in the new order."""
    places = {x.id: (n, m.id) for n, (m, x) in enumerate((m, x) for m in old.modules for x in m.lessons)}
    same = [
        (places[x.id][0], x.id) for m in new.modules for x in m.lessons if x.id in places and places[x.id][1] == m.id
    ]
    if all(a[0] < b[0] for a, b in pairwise(same)):
        return {name for _, name in same}
    best: list[tuple[int, int]] = []  # length of the longest run that ends here, and the place before it
    for at, (place, _) in enumerate(same):
        runs = [(best[i][0] + 1, i) for i in range(at) if same[i][0] < place]
        best.append(max(runs, default=(1, -1)))
    at = max(range(len(best)), key=lambda i: best[i][0])
    found = set[str]()
    while at >= 0:
        found.add(same[at][1])
        at = best[at][1]
    return found

"""A course with files of every kind that a server offers, and its bytes as a line would bring them."""

from __future__ import annotations

from hashlib import sha256

from lms_core.content.model import CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.content.pack import build_pack, pack_name
from lms_core.downloads.plan import Transfer
from lms_core.workspace import Workspace
from tests.told import tell

FILES = {
    "film": (b"film " * 4000, "video/mp4"), "talk": (b"talk " * 900, "audio/ogg"),
    "paper": (b"%PDF " * 300, "application/pdf"),
    "crab": (b"crab " * 100, "image/png"), "cover": (b"cover " * 50, "image/jpeg"),
}  # fmt: skip
NAMES = {name: sha256(data).hexdigest() for name, (data, _) in FILES.items()}


def refs(*names: str) -> tuple[MediaRef, ...]:
    """Files as a course names them."""
    return tuple(MediaRef(NAMES[n], f"{n}.bin", FILES[n][1], len(FILES[n][0])) for n in names)


def shore(
    version: str = "1.0", *, body: str = "", files: tuple[str, ...] = tuple(FILES), more: str = ""
) -> CourseDocument:
    """Three lessons: one with a picture and the film, one with the paper and the talk, one of words."""
    lessons = (
        LessonDoc("crabs", "Crabs", body=f"![](media:{NAMES['crab']}) {body} [film](media:{NAMES['film']})"),
        LessonDoc("tides", "Tides", body=f"[paper](media:{NAMES['paper']}) [talk](media:{NAMES['talk']})"),
        LessonDoc("words", "Words", body="Nothing but words."),
        *((LessonDoc(more, more.title(), body="New."),) if more else ()),
    )
    modules = (ModuleDoc("one", "The shore", "", lessons),)
    return CourseDocument("shore", version, "The shore", modules=modules, media=refs(*files))


class Hub:
    """Offers versions of the course and brings its files, as long as there is a line."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.packs = workspace, dict[str, bytes]()
        self.files = {NAMES[name]: data for name, (data, _) in FILES.items()}

    def offer(self, document: CourseDocument) -> str:
        """Publish a version; returns its pack."""
        body = build_pack(document)
        name = pack_name(body)
        self.packs[name] = body
        tell(
            self.workspace, "course_card", f"card-{document.course_id}", course_id=document.course_id,
            title=document.title, version=document.version, pack=name, pack_size=len(body),
            media_size=sum(m.size for m in document.media), is_published=True, price=0.0,
        )  # fmt: skip
        return name

    def bring(self, *transfers: Transfer) -> None:
        """What a line does with a file that came."""
        for transfer in transfers:
            data = (self.packs | self.files)[transfer.sha256]
            draft = self.workspace.media.draft()
            draft.write_bytes(data)
            self.workspace.media.adopt(draft, transfer.sha256)

    def install(self) -> None:
        """Bring all that was chosen."""
        while missing := self.workspace.downloads.advance("shore"):
            self.bring(*missing)

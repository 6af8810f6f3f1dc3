"""Files of an imported folder: pictures as they are kept, all else as it is, each by the SHA-256 of its bytes."""

from __future__ import annotations

from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from lms_core.content.model import (
    ACCESS,
    LESSON_KINDS,
    RESOURCE_KINDS,
    Caption,
    ContentItem,
    MediaRef,
    ResourceDoc,
)
from lms_core.errors import UserError
from lms_core.formats.reading import words
from lms_core.formats.tree import Tree
from lms_core.media.images import prepare_image
from lms_core.media.kinds import LOOKED_AT, check_size, kind_of
from lms_core.ports import BlobStore, v5_id
from lms_core.schema import QUALITY

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".bmp", ".tif", ".tiff"})
TEXTS = frozenset({".md", ".markdown", ".yaml", ".yml"})
"""What a course is made of itself."""
PRIMARY = ("video", "pdf", "slides", "interactive")
"""Names in a lesson's front matter of what stands above its text."""
MOST = 100


class Attachments:
    """Files that lessons use, found once each; `media` and `paths` fill as they are."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.media: dict[str, MediaRef] = {}
        self.paths: dict[str, Path] = {}
        self._seen: dict[Path, str | None] = {}

    def take(self, path: Path, alt: str) -> str | None:
        """The name of a file in the file store, or None when it cannot be taken; the report says why."""
        if path not in self._seen:
            self._seen[path] = self._new(path, alt)
        return self._seen[path]

    def _new(self, path: Path, alt: str) -> str | None:
        name = self._tree.name(path)
        picture = path.suffix.lower() in PICTURES
        try:
            ref = _picture(path, alt) if picture else _file(path)
        except UserError as error:
            self._tree.report.add(name, "left_out", "picture_unusable", why=error.message, cause=error)
            return None
        except OSError as error:
            self._tree.report.add(name, "left_out", "unreadable", why=error.strerror)
            return None
        self.media.setdefault(ref.sha256, ref)
        self.paths[ref.sha256] = path
        self._tree.report.add(name, "imported", "picture" if picture else "file")
        return ref.sha256

    def settings(self, front: dict[str, Any], source: Path, row: str) -> dict[str, Any]:
        """What a lesson's front matter says of its tiers and of what it holds beside its text (docs/formats.md)."""
        found: dict[str, Any] = {}
        for name, field in (
            ("guest", "guest"), ("registered", "registered"), ("denied", "denied"), ("transcript", "transcript"),
        ):  # fmt: skip
            if isinstance(front.get(name), str):
                found[field] = front[name].strip()
        if front.get("access") in ACCESS:
            found["access"] = front["access"]
        if front.get("kind") in LESSON_KINDS and front["kind"] != "quiz":
            found["kind"] = front["kind"]
        if front.get("lab") is True:
            found["has_lab"] = True
        weight = front.get("weight")
        if isinstance(weight, int | float) and not isinstance(weight, bool) and 0 <= weight < 1000:
            found["weight"] = round(float(weight), 2)
        found["items"] = tuple(self._items(front, source, row))
        found["resources"] = tuple(self._resources(front.get("resources"), source, row))
        return found

    def _items(self, front: dict[str, Any], source: Path, row: str) -> list[ContentItem]:
        made: list[ContentItem] = []
        for kind in PRIMARY:
            target = words(front.get(kind))
            place = self._place(target, source) if target else None
            if place is None:
                continue
            film = front if kind == "video" else {}
            captions = film.get("captions")
            listed = captions.items() if isinstance(captions, dict) else ()
            heard = {str(name)[:35]: self._place(words(file), source) or {} for name, file in [*listed][:50]}
            shown = self._place(picture, source) if (picture := words(film.get("thumbnail"))) else None
            made.append(
                ContentItem(
                    id=v5_id("import", row, kind), kind=kind, is_primary=not made, **place,
                    downloadable=not isinstance(kept := front.get("keep"), list) or kind not in kept,
                    captions=tuple(Caption(name, file["media"]) for name, file in heard.items() if "media" in file),
                    thumbnail=(shown or {}).get("media", ""), quality=words(film.get("quality"))[:QUALITY],
                )
            )  # fmt: skip
        return made

    def _resources(self, listed: Any, source: Path, row: str) -> list[ResourceDoc]:
        made: list[ResourceDoc] = []
        for n, each in enumerate(listed[:MOST] if isinstance(listed, list) else ()):
            found = each if isinstance(each, dict) else {"file": each}
            target = words(found.get("file")) or words(found.get("url"))
            place = self._place(target, source) if target else None
            if place is None:
                continue
            title = words(found.get("title")) or Path(target).name or target
            kind = words(found.get("type"))
            kind = kind if kind in RESOURCE_KINDS else "link" if "url" in place else "document"
            made.append(
                ResourceDoc(
                    id=v5_id("import", row, "resource", str(n)), title=title[:255].ljust(2), kind=kind, **place,
                    description=words(found.get("description")), premium=found.get("premium") is True,
                )
            )  # fmt: skip
        return made

    def _place(self, target: str, source: Path) -> dict[str, Any] | None:
        """A file of the folder or an address of the web; None for what is neither, which the report says."""
        if target.startswith(("https://", "http://")):
            return {"url": target[:2000]}
        path = self._tree.find(target, source)
        if path is None or path.suffix.lower() in TEXTS:
            self._tree.report.add(self._tree.name(source), "changed", "file_missing", file=target)
            return None
        name = self.take(path, "")
        return {"media": name} if name else None


def _picture(path: Path, alt: str) -> MediaRef:
    data, mime = prepare_image(path.read_bytes(), path.name)
    return MediaRef(sha256(data).hexdigest(), path.name, mime, len(data), alt[:500])


def _file(path: Path) -> MediaRef:
    """A file as it is. Raises UserError `type_not_allowed`, `file_too_large`."""
    with path.open("rb") as file:
        mime = kind_of(file.read(LOOKED_AT))
        if not mime:
            raise UserError("type_not_allowed")
        size = file.seek(0, 2)
        check_size(size, mime, path.name)
        file.seek(0)
        return MediaRef(file_digest(file, "sha256").hexdigest(), path.name, mime, size)


def store(name: str, path: Path, media: BlobStore) -> None:
    """Bring a file into the store as it was found; raises UserError `source_changed`."""
    try:
        data = path.read_bytes()
        if path.suffix.lower() in PICTURES:
            data = prepare_image(data, path.name)[0]
    except (OSError, UserError) as error:
        raise UserError("source_changed", path=path.name) from error
    if sha256(data).hexdigest() != name:
        raise UserError("source_changed", path=path.name)
    media.put(data)

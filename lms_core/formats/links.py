"""Rewrite links and pictures of imported Markdown: lessons by id, pictures by hash, nothing from the network."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms_core.formats.tree import Tree, is_index

_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\s*\)(\{[^}\n]*\})?")
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\s*\)")
_HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ALT = re.compile(r"alt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DIV = re.compile(r"^:{3,}[ \t]*(?:\{?\.?([A-Za-z-]*)[^\n]*)$")
_CALLOUTS = {
    "objectives": ("abstract", "Objectives"),
    "questions": ("question", "Questions"),
    "keypoints": ("success", "Key points"),
    "challenge": ("question", "Challenge"),
    "solution": ("tip", "Solution"),
    "hint": ("tip", "Hint"),
    "prereq": ("info", "Before you start"),
    "discussion": ("question", "Discussion"),
    "instructor": ("info", "For teachers"),
    "spoiler": ("note", "More"),
    "testimonial": ("quote", "Voices"),
    "checklist": ("success", "Checklist"),
    "caution": ("warning", "Caution"),
    "warning": ("warning", "Warning"),
    "tip": ("tip", "Tip"),
    "note": ("note", "Note"),
}

Picture = Callable[[Path, str], str | None]


class Links:
    """Knows where lessons and files of one folder are."""

    def __init__(self, tree: Tree, lessons: Mapping[Path, str], picture: Picture) -> None:
        self.tree = tree
        self.lessons = lessons
        self.picture = picture
        self._known = set(tree.files) | {folder for path in lessons for folder in path.parents}

    def rewrite(self, text: str, source: Path) -> str:
        """The text with every link and picture in our terms; code is left alone."""
        parts = [part if code else self._prose(part, source) for code, part in _split_code(text)]
        return "\n".join(parts)

    def _prose(self, text: str, source: Path) -> str:
        text = _HTML_IMAGE.sub(lambda m: self._html_image(m[0], source), text)
        text = _IMAGE.sub(lambda m: self._image(m[1], m[2], m[3] or "", source), text)
        return _LINK.sub(lambda m: self._link(m[1], m[2], source), text)

    def _html_image(self, tag: str, source: Path) -> str:
        found = {name.lower(): a or b for name, a, b in _ATTRIBUTE.findall(tag)}
        return self._image(found.get("alt", ""), found["src"], "", source) if found.get("src") else ""

    def _image(self, alt: str, target: str, attributes: str, source: Path) -> str:
        given = _ALT.search(attributes)
        alt = (given[1] or given[2]) if given else alt
        alt = alt.replace("[", "(").replace("]", ")").replace("\n", " ")
        name = self.tree.name(source)
        if target.startswith("media:"):
            return f"![{alt}]({target})"
        if urlsplit(target).scheme or target.startswith("//"):
            self.tree.report.add(name, "changed", "remote_picture", link=target)
            return f"[{alt or target}]({target})" if target.startswith(("http://", "https://")) else alt
        path = self._find(target, source)
        if path is None:
            self.tree.report.add(name, "changed", "picture_missing", picture=target)
            return f"*{alt}*" if alt else ""
        digest = self.picture(path, alt)
        return f"![{alt}](media:{digest})" if digest else (f"*{alt}*" if alt else "")

    def _link(self, words: str, target: str, source: Path) -> str:
        parts = urlsplit(target)
        if parts.scheme in ("http", "https", "mailto", "lesson", "media") or target.startswith("#"):
            return f"[{words}]({target})"
        path = None if parts.scheme or target.startswith("//") else self._find(parts.path, source)
        row = self._lesson(path) if path else None
        if row:
            return f"[{words}](lesson:{row}{'#' + parts.fragment if parts.fragment else ''})"
        self.tree.report.add(self.tree.name(source), "changed", "link_unknown", link=target)
        return words

    def _lesson(self, path: Path) -> str | None:
        if path in self.lessons:
            return self.lessons[path]
        inside = [p for p in self.lessons if p.parent == path and is_index(p)]
        return self.lessons[inside[0]] if inside else None

    def _find(self, target: str, source: Path) -> Path | None:
        """A file or folder of the tree by a relative link, never outside of it."""
        clean = unquote(target).split("?")[0].split("#")[0]
        base = self.tree.root if clean.startswith("/") else source.parent
        for guess in (clean, f"{clean}.md"):
            path = Path(os.path.normpath(base / guess.lstrip("/")))
            if path in self._known:
                return path
        return None


def _split_code(text: str) -> Iterator[tuple[bool, str]]:
    """(is code, lines) runs of a text, fences with their code."""
    run: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            run.append(line)
            if mark and mark[2].startswith(fence) and not line.strip().strip(fence[0]):
                yield True, "\n".join(run)
                run, fence = [], ""
        elif mark:
            if run:
                yield False, "\n".join(run)
            run, fence = [line], mark[2]
        else:
            run.append(line)
    if run:
        yield bool(fence), "\n".join(run)


def callouts(text: str) -> str:
    """Blocks between lines of colons (`::: challenge`) as callouts (`!!! question "Challenge"`)."""
    if ":::" not in text:
        return text
    out: list[str] = []
    depth, fenced = 0, False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        found = None if fenced else _DIV.match(line.strip())
        if found and found[1]:
            kind, title = _CALLOUTS.get(found[1].lower(), ("note", found[1].capitalize()))
            out += ["", f'{"    " * depth}!!! {kind} "{title}"', ""]
            depth += 1
        elif found:
            depth = max(0, depth - 1)
            out.append("")
        else:
            out.append("    " * depth + line if line else line)
    return "\n".join(out)

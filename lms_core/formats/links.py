"""Rewrite links and pictures of imported Markdown: lessons by id, pictures by hash, nothing from the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from lms_core.formats.tree import Tree, is_index

_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})")
# every part has a limit: texts that open brackets and never close them must not take minutes
_TARGET = (
    r"\(\s{0,9}(?:<([^<>\n]{1,2000})>|((?:[^()\s<>]|\([^()\s<>]{0,200}\)){1,2000}))"
    r"(?:\s{1,9}[\"'][^)\n]{0,500})?\s{0,9}\)"
)
_WORDS = r"((?:[^\[\]]|\[[^\[\]]{0,500}\]){0,1000})"
_IMAGE = re.compile(r"!\[([^\[\]]{0,1000})\]" + _TARGET + r"(\{[^}\n]{0,500}\})?")
_LINK = re.compile(r"(?<!!)\[" + _WORDS + r"\]" + _TARGET)
_DEFINED = re.compile(
    r"^ {0,3}\[([^\[\]\n^][^\[\]\n]{0,200})\]:[ \t]{0,9}<?([^\s>]{1,2000})>?[ \t]{0,9}(?:[\"'(][^\n]{0,500})?$\n?",
    re.MULTILINE,
)
_BY_NAME = re.compile(r"\[" + _WORDS + r"\](?:\[([^\[\]\n]{0,200})\])?(?![(\[:])")
_CODE = re.compile(r"(?<!`)(`{1,9})(?!`)(?:[^\n]|\n(?![ \t]*\n)){1,2000}?(?<!`)\1(?!`)")
_HIDDEN = re.compile("\x00(\\d{1,9})\x00")
_HTML_IMAGE = re.compile(r"<img\s[^<>]{0,3000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_HANDLER = re.compile(r"\son[a-z]{2,30}\s{0,9}=", re.IGNORECASE)
_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)
_ALT = re.compile(r"alt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
MAX_NESTED = 8
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

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_KEPT = re.compile(r"(?:https?|mailto|lesson|media):|#", re.IGNORECASE)

HANDED_OUT = frozenset({
    ".pdf", ".zip", ".csv", ".txt", ".mp3", ".wav", ".ogg", ".oga", ".flac", ".m4a", ".mp4", ".m4v", ".mov", ".webm",
    ".ogv", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".vtt", ".srt",
})  # fmt: skip
"""Files that a link hands out; others are part of what a folder is worked on with."""
Picture = Callable[[Path, str], str | None]
"""The name of a file in the store, or None."""


class Links:
    """Knows where lessons and files of one folder are."""

    def __init__(self, tree: Tree, lessons: Mapping[Path, str], picture: Picture) -> None:
        self.tree = tree
        self.lessons = lessons
        self.picture = picture
        self._known = set(tree.files) | {folder for path in lessons for folder in path.parents}

    def rewrite(self, text: str, source: Path) -> str:
        """The text with every link and picture in our terms; code is left alone."""
        named = {
            " ".join(name.split()).casefold(): target
            for code, run in split_code(text)
            if not code
            for name, target in _DEFINED.findall(run)
            if not _is_remote(target)
        }
        return outside_code(text, lambda prose: self._prose(prose, source, named))

    def _prose(self, text: str, source: Path, named: Mapping[str, str]) -> str:
        if named:
            text = _DEFINED.sub(lambda m: m[0] if _is_remote(m[2]) else "", text)
            text = _by_name(text, named)
        text = _HTML_IMAGE.sub(lambda m: self._html_image(m[0], source), text)
        text = _IMAGE.sub(lambda m: self._image(m[1], m[2] or m[3], m[4] or "", source), text)
        return _LINK.sub(lambda m: self._link(m[1], m[2] or m[3], source), text)

    def _html_image(self, tag: str, source: Path) -> str:
        found = {name.lower(): a or b for name, a, b in _ATTRIBUTE.findall(tag)}
        if _HANDLER.search(tag):
            self.tree.report.add(self.tree.name(source), "changed", "active_parts")
        return self._image(found.get("alt", ""), found["src"], "", source) if found.get("src") else ""

    def _image(self, alt: str, target: str, attributes: str, source: Path) -> str:
        given = _ALT.search(attributes)
        alt = (given[1] or given[2]) if given else alt
        alt = alt.replace("[", "(").replace("]", ")").replace("\n", " ").replace("\\", "")
        name = self.tree.name(source)
        if target.startswith("media:"):
            return f"![{alt}]({target})"
        if _is_remote(target):
            self.tree.report.add(name, "changed", "remote_picture", link=target)
            web = target.startswith(("http://", "https://"))
            return f"[{alt or target}]({target.replace(' ', '%20')})" if web else alt
        path = self._find(target, source)
        if path is None:
            self.tree.report.add(name, "changed", "picture_missing", picture=target)
            return f"*{alt}*" if alt else ""
        digest = self.picture(path, alt)
        return f"![{alt}](media:{digest})" if digest else (f"*{alt}*" if alt else "")

    def _link(self, words: str, target: str, source: Path) -> str:
        words = _LINK.sub(r"\1", words)  # a picture on the web became a link
        if _KEPT.match(target):
            return f"[{words}](<{target}>)" if " " in target else f"[{words}]({target})"
        address, _, anchor = target.partition("#")
        path = None if _is_remote(target) else self._find(address, source)
        row = self._lesson(path) if path else None
        if row:
            return f"[{words}](lesson:{row}{f'#{anchor}' if anchor else ''})"
        if path and path.suffix.lower() in HANDED_OUT and (digest := self.picture(path, "")):
            return f"[{words}](media:{digest})"
        if _SCRIPT.match(target):
            self.tree.report.add(self.tree.name(source), "changed", "active_parts")
        else:
            self.tree.report.add(self.tree.name(source), "changed", "link_unknown", link=target)
        return words

    def _lesson(self, path: Path) -> str | None:
        if path in self.lessons:
            return self.lessons[path]
        inside = [p for p in self.lessons if p.parent == path and is_index(p)]
        return self.lessons[inside[0]] if inside else None

    def _find(self, target: str, source: Path) -> Path | None:
        """A file or folder of the tree by a relative link, never outside of it."""
        return self.tree.find(target, source, self._known)


def _is_remote(target: str) -> bool:
    return bool(_SCHEME.match(target)) or target.startswith(("//", "#"))


def _by_name(text: str, named: Mapping[str, str]) -> str:
    """Links and pictures by a name that the text explains elsewhere (`[words][name]`) with their target."""

    def expand(found: re.Match[str]) -> str:
        target = named.get(" ".join((found[2] or found[1]).split()).casefold())
        words = _by_name(found[1], named) if "[" in found[1] else found[1]
        if target is not None:
            return f"[{words}](<{target}>)"
        return f"[{words}]{f'[{found[2]}]' if found[2] is not None else ''}"

    return _BY_NAME.sub(expand, text)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Change a text but for its code, in blocks and in lines."""

    def prose(run: str) -> str:
        hidden: list[str] = []

        def hide(found: re.Match[str]) -> str:
            hidden.append(found[0])
            return f"\0{len(hidden) - 1}\0"

        return _HIDDEN.sub(lambda m: hidden[int(m[1])], change(_CODE.sub(hide, run)))

    return "\n".join(run if code else prose(run) for code, run in split_code(text))


def split_code(text: str) -> Iterator[tuple[bool, str]]:
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
    depth = 0
    for code, run in split_code(text):
        for line in run.split("\n"):
            found = None if code else _DIV.match(line.strip())
            indent = "    " * min(depth, MAX_NESTED)
            if found and found[1]:
                kind, title = _CALLOUTS.get(found[1].lower(), ("note", found[1].capitalize()))
                out += ["", f'{indent}!!! {kind} "{title}"', ""]
                depth += 1
            elif found:
                depth = max(0, depth - 1)
                out.append("")
            else:
                out.append(indent + line if line else line)
    return "\n".join(out)

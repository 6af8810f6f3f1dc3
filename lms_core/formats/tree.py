"""Find modules and lessons in a folder of Markdown: by what it says itself, else by numbers and names."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lms_core.formats.reading import words
from lms_core.formats.report import Progress, Report, step

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
QUIZ = frozenset({".yaml", ".yml"})
INDEX = frozenset({"readme", "index", "_index"})
WRAPPERS = frozenset(
    {"lessons", "episodes", "_episodes", "docs", "doc", "content", "chapters", "src", "course", "units"}
)
SKIPPED = frozenset({"node_modules", "__pycache__", "site", "_site", "build", "dist", "venv"})
PROJECT = frozenset({"license", "licence", "copying", "contributing", "code_of_conduct", "changelog", "summary"})
PROJECT_ROOT = frozenset(
    {"security", "support", "authors", "for_teachers", "citation", "translations", "troubleshooting"}
)
SETTINGS = ("course.yaml", "course.yml", "config.yaml", "_config.yml", "mkdocs.yml", "SUMMARY.md")
MAX_DEPTH = 12
MAX_FILES = 20_000
_NUMBER = re.compile(r"^(?:(?:lesson|chapter|module|unit|week|part|ch)[\s_-]*)?(\d{1,4})(?:[.)_\s-]|$)", re.IGNORECASE)
_LANGUAGE = re.compile(r"(.+)\.[a-z]{2}(?:[-_][A-Za-z]{2,4})?(\.md)", re.IGNORECASE)
_SUMMARY = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s*\[([^\]]*)\]\(([^)\s]+)\)", re.MULTILINE)


@dataclass
class Leaf:
    """A file that becomes a lesson. `title` is what an explicit order calls it."""

    path: Path
    kind: str
    title: str = ""


TOLD = 50
"""Folders between two tellings while files are looked for."""


@dataclass
class Branch:
    """A folder that becomes a module."""

    path: Path
    title: str = ""
    index: Path | None = None
    leaves: list[Leaf] = field(default_factory=list)


class Tree:
    """All files below a root, without what leads out of it."""

    def __init__(self, root: Path, report: Report, progress: Progress | None = None) -> None:
        self.root = root
        self.report = report
        self.progress = progress
        self.files: list[Path] = []
        self._walk()
        self.known = frozenset(self.files)

    def name(self, path: Path) -> str:
        """The path below the root, with slashes."""
        return path.relative_to(self.root).as_posix()

    def find(self, target: str, source: Path, known: Container[Path] | None = None) -> Path | None:
        """A file (or what is `known`) by a link relative to another, never outside of the folder."""
        clean = unquote(target).split("?")[0].split("#")[0]
        base = self.root if clean.startswith("/") else source.parent
        for guess in (clean, f"{clean}.md"):
            path = Path(os.path.normpath(base / guess.lstrip("/")))
            if path in (self.known if known is None else known):
                return path
        return None

    def _walk(self) -> None:
        for count, (folder, folders, files) in enumerate(os.walk(self.root, followlinks=False), 1):
            here = Path(folder)
            if count % TOLD == 0:  # somebody's whole home is large: one may stop
                step(self.progress, 0, 0, self.name(here))
            folders[:] = [name for name in sorted(folders) if self._keeps(name, self._why_not_enter(here / name), here)]
            for name in sorted(files):
                if self._keeps(name, self._why_not_take(here / name), here):
                    self.files.append(here / name)
        there = set(self.files)
        for path in self.files:
            if (found := _LANGUAGE.fullmatch(path.name)) and path.with_name(f"{found[1]}{found[2]}") in there:
                there.discard(path)
                self.report.add(self.name(path), "left_out", "translation")
        self.files = [path for path in self.files if path in there]

    def _keeps(self, name: str, why_not: str, here: Path) -> bool:
        if why_not and not name.startswith("."):
            self.report.add(_printable(self.name(here / name)), "left_out", why_not)
        return not why_not and not name.startswith(".")

    def _why_not_enter(self, path: Path) -> str:
        if path.is_symlink():
            return "outside"
        if path.name != _printable(path.name):
            return "bad_name"
        if path.name.lower() in SKIPPED:
            return "made_by_tools"
        if path.name.lower() in ("translations", "i18n", "locales"):
            return "translation"
        return "too_deep" if len(path.relative_to(self.root).parts) > MAX_DEPTH else ""

    def _why_not_take(self, path: Path) -> str:
        if path.name != _printable(path.name):
            return "bad_name"
        try:
            if path.is_symlink() and not path.resolve().is_relative_to(self.root.resolve()):
                return "outside"
            if not path.is_file():
                return "not_a_file"
        except (OSError, RuntimeError):  # a link that leads to itself
            return "outside"
        return "too_many" if len(self.files) >= MAX_FILES else ""

    def markdown(self) -> list[Path]:
        """All Markdown files."""
        return [p for p in self.files if p.suffix.lower() in MARKDOWN]


def _printable(name: str) -> str:
    """The name as it can be shown and stored: bytes that are no text are replaced."""
    clean = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\ufffd" for c in clean)


def natural(path: Path) -> tuple[float, str]:
    """Sort by a leading number, then by name."""
    found = _NUMBER.match(path.stem if path.suffix else path.name)
    return (float(found[1]) if found else float("inf"), path.name.casefold())


def is_index(path: Path) -> bool:
    """Whether the file speaks for its folder."""
    return path.suffix.lower() in MARKDOWN and path.stem.lower() in INDEX


def is_project_file(path: Path, root: Path) -> bool:
    """Whether the file is about the project, not the course."""
    name = re.sub(r"[\s-]", "_", path.stem.lower())
    return name in PROJECT or (path.parent == root and name in PROJECT_ROOT)


def pretty(name: str) -> str:
    """A title from a file or folder name."""
    bare = re.sub(r"[-_]+", " ", re.sub(r"^\d+[.)_\s-]*", "", Path(name).stem)).strip()
    return (bare[:1].upper() + bare[1:]) if bare else name


def discover(tree: Tree, settings: dict[str, Any]) -> list[Branch]:
    """Modules with their lessons, in order; no file twice."""
    for found in (_listed(tree, settings), _folders(tree, tree.root), _loose(tree)):
        branches, seen = [], set[Path]()
        for branch in found:
            once: dict[Path, Leaf] = {}
            for leaf in branch.leaves:
                if leaf.path not in seen:
                    once.setdefault(leaf.path, leaf)
            branch.leaves = list(once.values())
            seen.update(once)
            if branch.leaves:
                branches.append(branch)
        if branches:
            return branches
    return []


# --- what the folder says itself
def _listed(tree: Tree, settings: dict[str, Any]) -> Iterator[Branch]:
    summary = next((p for p in tree.files if p.name == "SUMMARY.md" and len(p.relative_to(tree.root).parts) <= 2), None)
    if isinstance(settings.get("nav"), list):
        base = tree.root / str(settings.get("docs_dir", "docs"))
        yield from _nav(tree, base if base.is_dir() else tree.root, settings["nav"])
    elif isinstance(settings.get("episodes"), list):
        base = next((tree.root / n for n in ("episodes", "_episodes") if (tree.root / n).is_dir()), tree.root)
        yield Branch(base, words(settings.get("title")), None, list(_leaves(tree, base, settings["episodes"])))
    elif summary:
        yield from _summary(tree, summary)


def _inside(tree: Tree, path: Path) -> Path | None:
    path = Path(os.path.normpath(path))
    return path if path in tree.known else None


def _leaves(tree: Tree, base: Path, names: Iterable[Any]) -> Iterator[Leaf]:
    for entry in names:
        title, target = _entry(entry)
        if isinstance(target, str) and (path := _inside(tree, base / target)) and path.suffix.lower() in MARKDOWN:
            yield Leaf(path, "text", title)


def _nav(tree: Tree, base: Path, nav: list[Any]) -> Iterator[Branch]:
    """Sections are modules, and so is each run of pages between them."""
    loose = Branch(base)
    for entry in nav:
        title, target = _entry(entry)
        if isinstance(target, list):
            yield loose
            yield Branch(base, title, None, list(_flat(tree, base, target)))
            loose = Branch(base)
        else:
            loose.leaves += _leaves(tree, base, [entry])
    yield loose


def _entry(entry: Any) -> tuple[str, Any]:
    """A page or `title: page` of a list, as title and target."""
    title, target = next(iter(entry.items())) if isinstance(entry, dict) and entry else ("", entry)
    return words(title), target


def _flat(tree: Tree, base: Path, nav: list[Any]) -> Iterator[Leaf]:
    for entry in nav:
        target = _entry(entry)[1]
        yield from _flat(tree, base, target) if isinstance(target, list) else _leaves(tree, base, [entry])


def _summary(tree: Tree, summary: Path) -> Iterator[Branch]:
    """A SUMMARY.md: headings, or entries of the first level with children, are modules."""
    branch = Branch(summary.parent)
    for line in summary.read_text("utf-8", "replace").splitlines():
        if line.startswith("## "):
            yield branch
            branch = Branch(summary.parent, line[3:].strip())
        elif (found := _SUMMARY.match(line)) and (path := _inside(tree, summary.parent / found[2])):
            branch.leaves.append(Leaf(path, "text", found[1]))
    yield branch


# --- what numbers and names tell
def _folders(tree: Tree, folder: Path) -> Iterator[Branch]:
    files = [p for p in tree.files if p.parent == folder]
    folders = sorted(
        {folder / p.relative_to(folder).parts[0] for p in tree.files if folder in p.parents} - set(files), key=natural
    )
    index = next((p for p in files if is_index(p)), None)
    branch = Branch(folder, "", index)
    entries = [p for p in files if _is_lesson_file(tree, p, folder)] + [
        d for d in folders if _is_lesson_folder(tree, d)
    ]
    for entry in sorted(entries, key=natural):
        branch.leaves += _lesson_folder(tree, entry) if entry.is_dir() else [_leaf(entry)]
    if folder != tree.root and folder.name.lower() in WRAPPERS and folder.parent != tree.root:
        branch.path = folder.parent
        branch.index = next((p for p in tree.files if p.parent == folder.parent and is_index(p)), index)
    yield branch
    for sub in folders:
        if sub not in entries:
            yield from _folders(tree, sub)


def _loose(tree: Tree) -> Iterator[Branch]:
    """A folder of files without numbers: all but the README and what is about the project."""
    files = [p for p in tree.markdown() if p.parent == tree.root and not is_index(p)]
    own = [p for p in files if not is_project_file(p, tree.root)]
    yield Branch(tree.root, "", None, [_leaf(p) for p in sorted(own, key=natural)])


def _is_lesson_file(tree: Tree, path: Path, folder: Path) -> bool:
    if is_index(path) or path.name in SETTINGS:
        return False
    if path.suffix.lower() in QUIZ:
        return path.stem.lower().endswith("quiz")
    if path.suffix.lower() not in MARKDOWN:
        return False
    if is_project_file(path, tree.root):
        tree.report.add(tree.name(path), "left_out", "not_a_lesson")
        return False
    return folder != tree.root or natural(path)[0] != float("inf") or not any(map(is_index, tree.files))


def _is_lesson_folder(tree: Tree, folder: Path) -> bool:
    """A folder with a text of its own, pages beside it that have no order, and none below it."""
    texts = [p for p in tree.files if folder in p.parents and p.suffix.lower() in MARKDOWN]
    pages = [p for p in texts if not is_index(p)]
    flat = all(p.parent == folder for p in texts)
    return flat and len(pages) < len(texts) and all(natural(p)[0] == float("inf") for p in pages)


def _leaf(path: Path) -> Leaf:
    stem = path.stem.lower()
    if path.suffix.lower() in QUIZ:
        return Leaf(path, "quiz")
    return Leaf(path, "assignment" if stem.endswith(("assignment", "homework")) else "text")


def _lesson_folder(tree: Tree, folder: Path) -> Iterator[Leaf]:
    """The lesson itself, pages that belong to it, and its assignment last."""
    own = sorted((p for p in tree.files if p.parent == folder), key=natural)
    texts = [p for p in own if p.suffix.lower() in MARKDOWN]
    yield from (Leaf(p, "text") for p in texts if is_index(p))
    rest = [_leaf(p) for p in texts if not is_index(p) and not is_project_file(p, tree.root)]
    yield from (Leaf(x.path, "page") for x in rest if x.kind == "text")
    yield from (Leaf(p, "quiz") for p in own if p.suffix.lower() in QUIZ and p.stem.lower().endswith("quiz"))
    yield from (x for x in rest if x.kind == "assignment")

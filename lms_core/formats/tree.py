"""Find modules and lessons in a folder of Markdown: by what it says itself, else by numbers and names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lms_core.formats.report import Report

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
QUIZ = frozenset({".yaml", ".yml"})
INDEX = frozenset({"readme", "index", "_index"})
WRAPPERS = frozenset(
    {"lessons", "episodes", "_episodes", "docs", "doc", "content", "chapters", "src", "course", "units"}
)
SKIPPED = frozenset({"node_modules", "__pycache__", "site", "_site", "build", "dist", "venv"})
PROJECT = frozenset(
    {"license", "licence", "contributing", "code_of_conduct", "changelog", "security", "support", "authors", "summary",
     "for-teachers", "citation", "translations", "copying", "troubleshooting"}
)  # fmt: skip
SETTINGS = ("course.yaml", "course.yml", "config.yaml", "_config.yml", "mkdocs.yml", "SUMMARY.md")
MAX_DEPTH = 12
MAX_FILES = 20_000
_NUMBER = re.compile(r"^(?:(?:lesson|chapter|module|unit|week|part|ch)[\s_-]*)?(\d{1,4})(?:[.)_\s-]|$)", re.IGNORECASE)
_SUMMARY = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s*\[([^\]]*)\]\(([^)\s]+)\)", re.MULTILINE)


@dataclass
class Leaf:
    """A file that becomes a lesson. `title` is what an explicit order calls it."""

    path: Path
    kind: str
    title: str = ""


@dataclass
class Branch:
    """A folder that becomes a module."""

    path: Path
    title: str = ""
    index: Path | None = None
    leaves: list[Leaf] = field(default_factory=list)


class Tree:
    """All files below a root, without what leads out of it."""

    def __init__(self, root: Path, report: Report) -> None:
        self.root = root
        self.report = report
        self.files: list[Path] = []
        self._walk()
        self.known = frozenset(self.files)

    def name(self, path: Path) -> str:
        """The path below the root, with slashes."""
        return path.relative_to(self.root).as_posix()

    def _walk(self) -> None:
        real = self.root.resolve()
        for folder, folders, files in os.walk(self.root, followlinks=False):
            here = Path(folder)
            keep = []
            for name in sorted(folders):
                sub = here / name
                if name.startswith(".") or name.lower() in SKIPPED:
                    continue
                if sub.is_symlink():
                    self.report.add(self.name(sub), "left_out", "outside")
                elif name.lower() in ("translations", "i18n", "locales"):
                    self.report.add(self.name(sub), "left_out", "translation")
                elif len(sub.relative_to(self.root).parts) <= MAX_DEPTH:
                    keep.append(name)
            folders[:] = keep
            for name in sorted(files):
                path = here / name
                if path.is_symlink() and not path.resolve().is_relative_to(real):
                    self.report.add(self.name(path), "left_out", "outside")
                elif not name.startswith(".") and path.is_file() and len(self.files) < MAX_FILES:
                    self.files.append(path)

    def markdown(self) -> list[Path]:
        """All Markdown files."""
        return [p for p in self.files if p.suffix.lower() in MARKDOWN]


def natural(path: Path) -> tuple[float, str]:
    """Sort by a leading number, then by name."""
    found = _NUMBER.match(path.stem if path.suffix else path.name)
    return (float(found[1]) if found else float("inf"), path.name.casefold())


def is_index(path: Path) -> bool:
    """Whether the file speaks for its folder."""
    return path.suffix.lower() in MARKDOWN and path.stem.lower() in INDEX


def is_project_file(path: Path) -> bool:
    """Whether the file is about the project, not the course."""
    return path.stem.lower().replace(" ", "_") in PROJECT


def pretty(name: str) -> str:
    """A title from a file or folder name."""
    words = re.sub(r"[-_]+", " ", re.sub(r"^\d+[.)_\s-]*", "", Path(name).stem)).strip()
    return (words[:1].upper() + words[1:]) if words else name


def load_yaml(path: Path) -> dict[str, Any]:
    """A settings file as a map; raises ValueError with a reason."""

    class Loader(yaml.SafeLoader):
        """Ignore tags that other programs understand, such as those of mkdocs."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    Loader.add_multi_constructor("tag:yaml.org,2002:python", lambda loader, suffix, node: None)
    try:
        found = yaml.load(path.read_bytes()[: 1 << 20], Loader)  # noqa: S506 a safe loader that knows fewer tags
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:
        raise ValueError(str(error).splitlines()[0]) from error
    return found if isinstance(found, dict) else {}


def discover(tree: Tree, settings: dict[str, Any]) -> list[Branch]:
    """Modules with their lessons, in order."""
    listed = list(_listed(tree, settings))
    branches = listed if any(b.leaves for b in listed) else list(_folders(tree, tree.root))
    return [b for b in branches if b.leaves]


# --- what the folder says itself
def _listed(tree: Tree, settings: dict[str, Any]) -> Iterator[Branch]:
    summary = next((p for p in tree.files if p.name == "SUMMARY.md" and len(p.relative_to(tree.root).parts) <= 2), None)
    if isinstance(settings.get("nav"), list):
        base = tree.root / str(settings.get("docs_dir", "docs"))
        yield from _nav(tree, base if base.is_dir() else tree.root, settings["nav"])
    elif isinstance(settings.get("episodes"), list):
        base = next((tree.root / n for n in ("episodes", "_episodes") if (tree.root / n).is_dir()), tree.root)
        yield Branch(base, str(settings.get("title") or ""), None, list(_leaves(tree, base, settings["episodes"])))
    elif summary:
        yield from _summary(tree, summary)


def _inside(tree: Tree, path: Path) -> Path | None:
    path = Path(os.path.normpath(path))
    return path if path in tree.known else None


def _leaves(tree: Tree, base: Path, names: Iterable[Any]) -> Iterator[Leaf]:
    for entry in names:
        title, target = next(iter(entry.items())) if isinstance(entry, dict) and entry else ("", entry)
        if isinstance(target, str) and (path := _inside(tree, base / target)) and path.suffix.lower() in MARKDOWN:
            yield Leaf(path, "text", str(title))


def _nav(tree: Tree, base: Path, nav: list[Any]) -> Iterator[Branch]:
    loose = Branch(base)
    for entry in nav:
        if isinstance(entry, dict) and entry:
            title, target = next(iter(entry.items()))
            if isinstance(target, list):
                yield Branch(base, str(title), None, list(_flat(tree, base, target)))
                continue
        loose.leaves += _leaves(tree, base, [entry])
    if loose.leaves:
        yield loose


def _flat(tree: Tree, base: Path, nav: list[Any]) -> Iterator[Leaf]:
    for entry in nav:
        if isinstance(entry, dict) and entry and isinstance(next(iter(entry.values())), list):
            yield from _flat(tree, base, next(iter(entry.values())))
        else:
            yield from _leaves(tree, base, [entry])


def _summary(tree: Tree, summary: Path) -> Iterator[Branch]:
    """A SUMMARY.md: headings, or entries of the first level with children, are modules."""
    branch = Branch(summary.parent)
    for line in summary.read_text("utf-8", "replace").splitlines():
        if line.startswith("## "):
            if branch.leaves:
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
    if branch.leaves:
        yield branch
    for sub in folders:
        if sub not in entries:
            yield from _folders(tree, sub)


def _is_lesson_file(tree: Tree, path: Path, folder: Path) -> bool:
    if is_index(path) or path.name in SETTINGS:
        return False
    if path.suffix.lower() in QUIZ:
        return path.stem.lower().endswith("quiz")
    if path.suffix.lower() not in MARKDOWN:
        return False
    if is_project_file(path):
        tree.report.add(tree.name(path), "left_out", "not_a_lesson")
        return False
    return folder != tree.root or natural(path)[0] != float("inf") or not any(map(is_index, tree.files))


def _is_lesson_folder(tree: Tree, folder: Path) -> bool:
    """A folder with a text of its own and none below it."""
    texts = [p for p in tree.files if folder in p.parents and p.suffix.lower() in MARKDOWN]
    return any(is_index(p) and p.parent == folder for p in texts) and all(p.parent == folder for p in texts)


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
    rest = [_leaf(p) for p in texts if not is_index(p) and not is_project_file(p)]
    yield from (Leaf(x.path, "page") for x in rest if x.kind == "text")
    yield from (Leaf(p, "quiz") for p in own if p.suffix.lower() in QUIZ and p.stem.lower().endswith("quiz"))
    yield from (x for x in rest if x.kind == "assignment")

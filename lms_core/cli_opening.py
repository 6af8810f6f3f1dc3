"""How a command gets to a profile, and how people name courses and lessons to it."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lms_core.db.record import ProfileInfo
from lms_core.db.restored import Restoration
from lms_core.errors import Denied, NotFound, UserError
from lms_core.permissions import Who
from lms_core.session import Sessions
from lms_core.workspace import Workspace

PROGRAM = "lms"
Answer = dict[str, Any]
"""What a command tells: names for scripts, and `said` for people."""

Add = Callable[..., argparse.ArgumentParser]
"""Adds a command: name, function, what it does, and who may give it; what anyone may gets no open profile."""

Predicate = Callable[[Who | None], bool]
"""Who may: a named predicate about the person alone; what a command does to a row its own rules decide."""


def ask_password(what: str = "Password") -> str:
    """From LMS_PASSWORD, the terminal, or the first line of standard input; raises UserError `password_needed`."""
    given = os.environ.get("LMS_PASSWORD") or (
        getpass.getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    )
    if not given:
        raise UserError("password_needed")
    return given


def sessions_of(given: argparse.Namespace) -> Sessions:
    """The profiles of the chosen folder."""
    return Sessions(given.data_dir)


def chosen(given: argparse.Namespace, sessions: Sessions) -> ProfileInfo:
    """The profile that was named, else the one used last; raises UserError `no_profile`."""
    known = next((p for p in sessions.list() if given.profile in (None, p.id, p.display_name)), None)
    if known is None:
        raise UserError("no_profile")
    return known


def opened(
    command: Callable[[argparse.Namespace, Workspace], Answer], may: Predicate
) -> Callable[[argparse.Namespace], Answer]:
    """A command that works with a profile, the chosen one or the last one used; `may` says who may give it (ROL-11)."""

    def run(given: argparse.Namespace) -> Answer:
        sessions = sessions_of(given)
        known = chosen(given, sessions)
        workspace = sessions.unlock(known.id, None if known.remembered else ask_password())
        try:
            if not may(workspace.person):
                raise Denied
            note = tell_restored(workspace)
            workspace.assessment.hand_in_expired()
            return {**command(given, workspace), **note}
        finally:
            workspace.close()

    return run


def tell_restored(workspace: Workspace) -> Answer:
    """Say once on standard error that a copy took the place of a damaged file; returns it for scripts."""
    last = workspace.restored(untold=PROGRAM)
    if last is None:
        return {}
    sys.stderr.write(f"{last.said}\n")
    workspace.told_restored(PROGRAM)
    return restored_answer(last)


def restored_answer(last: Restoration | None) -> Answer:
    """A restore in the words of scripts."""
    if last is None:
        return {}
    at = last.copied_at.isoformat() if last.copied_at else None
    return {"restored": {"copied_at": at, "rescued": last.rescued, "lost": last.lost, "folder": str(last.folder)}}


def find_course(workspace: Workspace, wanted: str) -> str:
    """A course by id or by its title, or the beginning of it."""
    titles = {c.id: c.title for c in workspace.courses.my_courses()}
    titles |= {c.id: c.title for c in workspace.courses.catalog()}
    titles |= {c.course_id: c.title for c in workspace.installed.installed()}
    return pick(titles, wanted, otherwise="no_course")


def find_lesson(workspace: Workspace, wanted: str) -> str:
    """A lesson of an installed course by id or title."""
    titles = {
        lesson.id: lesson.title
        for course in workspace.installed.installed()
        for lesson in workspace.installed.document(course.course_id).lessons()
    }
    return pick(titles, wanted)


def pick(titles: dict[str, str], wanted: str, *, otherwise: str = "no_lesson") -> str:
    """One of some things by id, title, or the beginning of its title.

    Raises:
        UserError: `ambiguous`.
        NotFound: `no_lesson`, or what else `otherwise` says.
    """
    if wanted in titles:
        return wanted
    for match in (
        [i for i, t in titles.items() if t.casefold() == wanted.casefold()],
        [i for i, t in titles.items() if t.casefold().startswith(wanted.casefold())],
    ):
        if len(match) == 1:
            return match[0]
        if match:
            raise UserError("ambiguous", wanted=wanted)
    raise NotFound(otherwise, wanted=wanted)


def read_text(path: Path) -> str:
    """A text file that a person named; raises UserError `no_such_path`, `not_utf8`."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UserError("no_such_path", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise UserError("not_utf8", path=str(path)) from error

"""`lms`: everything the app does with its data, for scripts and for those who help. Exit 0, 1 refused, 2 usage."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from lms_core.db.copies import verify
from lms_core.errors import LmsError, NotFound, UserError
from lms_core.formats.markdown_folder import ImportPlan, scan
from lms_core.session import Sessions
from lms_core.sync.client import Step, SyncStatus
from lms_core.workspace import Workspace

Answer = dict[str, Any]
APP = "desktop-lms"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    given = _parser().parse_args(arguments)
    try:
        answer = given.run(given)
    except LmsError as error:
        _say(
            given,
            {"ok": False, "code": error.code, "message": error.message, "details": _plain(error.values)},
            error.message,
        )
        return 1
    _say(given, {"ok": True, **{k: v for k, v in answer.items() if k != "said"}}, answer.get("said", ""))
    return 0


def _say(given: argparse.Namespace, body: Answer, words: str) -> None:
    if given.json:
        print(json.dumps(_plain(body), ensure_ascii=False))
    elif words:
        print(words, file=sys.stdout if body["ok"] else sys.stderr)


def _plain(value: Any) -> Any:
    """What JSON can say of it."""
    return json.loads(json.dumps(value, default=lambda x: getattr(x, "__dict__", None) or str(x)))


def _password(what: str = "Password") -> str:
    """From LMS_PASSWORD, the terminal, or the first line of standard input."""
    if os.environ.get("LMS_PASSWORD"):
        return os.environ["LMS_PASSWORD"]
    if sys.stdin.isatty():
        return getpass.getpass(f"{what}: ")
    return sys.stdin.readline().rstrip("\r\n")


# --- opening
def _sessions(given: argparse.Namespace) -> Sessions:
    return Sessions(given.data_dir)


def _opened(command: Callable[[argparse.Namespace, Workspace], Answer]) -> Callable[[argparse.Namespace], Answer]:
    """A command that works with a profile: the chosen one, else the last one used."""

    def run(given: argparse.Namespace) -> Answer:
        sessions = _sessions(given)
        profiles = sessions.list()
        known = next((p for p in profiles if given.profile in (None, p.id, p.display_name)), None)
        if known is None:
            raise UserError("no_profile")
        workspace = sessions.unlock(known.id, None if known.remembered else _password())
        try:
            return command(given, workspace)
        finally:
            workspace.close()

    return run


def _course(workspace: Workspace, wanted: str) -> str:
    """A course by id or by its title, or the beginning of it."""
    titles = {c.id: c.title for c in workspace.courses.my_courses()}
    titles |= {c.id: c.title for c in workspace.courses.catalog()}
    titles |= {c.course_id: c.title for c in workspace.installed.installed()}
    return _pick(titles, wanted)


def _lesson(workspace: Workspace, wanted: str) -> str:
    """A lesson of an installed course by id or title."""
    titles = {
        lesson.id: lesson.title
        for course in workspace.installed.installed()
        for lesson in workspace.installed.document(course.course_id).lessons()
    }
    return _pick(titles, wanted)


def _pick(titles: dict[str, str], wanted: str) -> str:
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
    raise NotFound("not_found")


# --- accounts
def _register(given: argparse.Namespace) -> Answer:
    sessions = _sessions(given)
    password = _password("New password")
    sessions.register(
        given.server, email=given.email, password=password, first_name=given.first_name, last_name=given.last_name
    )
    return _signed_in(sessions, given, password)


def _sign_in(given: argparse.Namespace) -> Answer:
    return _signed_in(_sessions(given), given, _password())


def _signed_in(sessions: Sessions, given: argparse.Namespace, password: str) -> Answer:
    workspace = sessions.sign_in(given.server, given.email, password, remember=given.remember)
    try:
        workspace.synchronize()
        person = workspace.person
        profile = workspace.profile.info.id
    finally:
        workspace.close()
    return {"profile": profile, "account": person.account, "name": person.name, "role": person.role,
            "said": f"Signed in as {person.name} ({person.role})."}  # fmt: skip


def _profiles(given: argparse.Namespace) -> Answer:
    found = _sessions(given).list()
    return {
        "profiles": list(found),
        "said": "\n".join(f"{p.display_name}  {p.server_url or 'local'}  {p.id}" for p in found),
    }


def _sync(given: argparse.Namespace, workspace: Workspace) -> Answer:
    step = workspace.synchronize()
    workspace.back_up()
    status = workspace.sync.status()
    return {"sent": step.sent, "received": step.received, "waiting": status.waiting, "needs_you": status.needs_you,
            "said": _summary(step, status)}  # fmt: skip


def _summary(step: Step, status: SyncStatus) -> str:
    return f"Sent {step.sent}, received {step.received}; {status.waiting} waiting, {status.needs_you} need you."


def _status(given: argparse.Namespace, workspace: Workspace) -> Answer:
    status, person = workspace.sync.status(), workspace.person
    parked = [
        {"code": p.code, "entity": p.op.entity, "kind": p.op.kind, "row": p.op.row} for p in workspace.sync.parked()
    ]
    return {"account": person.account, "name": person.name, "role": person.role, "server": person.server_url,
            "waiting": status.waiting, "needs_you": status.needs_you, "last_synced_at": status.last_synced_at,
            "parked": parked,
            "said": f"{person.name}: {status.waiting} waiting, {status.needs_you} need you."}  # fmt: skip


# --- authoring
def _import(given: argparse.Namespace) -> Answer:
    plan = scan(given.path)
    answer = _plan(plan)
    if given.dry_run:
        return {**answer, "said": _report(plan, given.verbose)}

    def run(_: argparse.Namespace, workspace: Workspace) -> Answer:
        course = workspace.import_plan(plan)
        return {**answer, "course": course, "said": f"{_report(plan, given.verbose)}\nImported as {course}."}

    return _opened(run)(given)


def _plan(plan: ImportPlan) -> Answer:
    items = [
        {"path": i.path, "outcome": i.outcome, "reason": i.reason, "sentence": i.sentence} for i in plan.report.items
    ]
    return {
        "title": plan.document.title,
        "modules": len(plan.document.modules),
        "counts": plan.report.counts,
        "items": items,
        "lessons": [lesson.title for lesson in plan.document.lessons()],
    }


def _report(plan: ImportPlan, verbose: bool) -> str:
    lines = [f"{plan.document.title}: {len(plan.document.modules)} modules"]
    for outcome, title in (("imported", "Imported"), ("changed", "Changed"), ("left_out", "Left out")):
        items = plan.report.of(outcome)  # type: ignore[arg-type]
        lines.append(f"{title}: {len(items)}")
        lines += [f"  {i.path}: {i.sentence}" for i in items] if verbose or outcome == "left_out" else []
    return "\n".join(lines)


def _edit(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = _course(workspace, given.course)
    titles = {x.id: x.title for m in workspace.courses.outline(course).modules for x in m.lessons}
    lesson = _pick(titles, given.lesson)
    old = workspace.courses.lesson_draft(lesson).body
    text = given.file.read_text("utf-8") if given.file else old + "\n\n" + given.append
    workspace.courses.edit_lesson(lesson, base=old, text=text)
    return {"lesson": lesson, "said": f"Edited {titles[lesson]}."}


def _add_quiz(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = _course(workspace, given.course)
    row = workspace.add_quiz(course, given.file)
    return {"lesson": row, "said": f"Added a quiz ({row})."}


def _publish(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = _course(workspace, given.course)
    findings = workspace.courses.checklist(course)
    workspace.courses.publish(course, change_note=given.note)
    return {
        "course": course,
        "findings": list(findings),
        "said": "The wish to publish is saved; the next sync sends it.",
    }


def _roster(given: argparse.Namespace, workspace: Workspace) -> Answer:
    people = workspace.learning.roster(_course(workspace, given.course))
    return {"people": list(people), "said": "\n".join(f"{p.name}  {p.status}  {p.percent} %" for p in people)}


# --- learning
def _courses(given: argparse.Namespace, workspace: Workspace) -> Answer:
    mine, cards, drafts = (
        workspace.learning.my_courses(),
        workspace.courses.catalog(given.query),
        workspace.courses.my_courses(),
    )
    said = [f"{c.title}  {c.percent} %  {'on this device' if c.installed else 'not here'}" for c in mine]
    said += [f"{c.title}  version {c.version}  {c.id}" for c in cards]
    return {"mine": list(mine), "catalog": list(cards), "drafts": list(drafts), "said": "\n".join(said)}


def _enroll(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = _course(workspace, given.course)
    workspace.learning.enroll(course)
    return {"course": course, "said": "Enrolled."}


def _install(given: argparse.Namespace, workspace: Workspace) -> Answer:
    here = workspace.install(_course(workspace, given.course))
    return {
        "course": here.course_id,
        "version": here.version,
        "lessons": here.lessons,
        "said": f"{here.title} is on this device.",
    }


def _lessons(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = _course(workspace, given.course)
    states = workspace.learning.lesson_states(course)
    found = [
        {
            "id": x.id,
            "title": x.title,
            "kind": x.kind,
            "status": states[x.id].status if x.id in states else "not_started",
        }
        for x in workspace.installed.document(course).lessons()
    ]
    return {"lessons": found, "said": "\n".join(f"{x['status']:12} {x['title']}" for x in found)}


def _read(given: argparse.Namespace, workspace: Workspace) -> Answer:
    lesson = _lesson(workspace, given.lesson)
    workspace.learning.open_lesson(lesson)
    found = workspace.installed.document(workspace.installed.course_of(lesson)).lesson(lesson)
    body = found.body if found else ""
    return {"lesson": lesson, "body": body, "said": body}


def _complete(given: argparse.Namespace, workspace: Workspace) -> Answer:
    lesson = _lesson(workspace, given.lesson)
    (workspace.learning.reopen if given.undo else workspace.learning.complete)(lesson)
    return {"lesson": lesson, "said": "Not done." if given.undo else "Done."}


def _note(given: argparse.Namespace, workspace: Workspace) -> Answer:
    if given.text is None:
        notes = workspace.notes.all()
        return {"notes": list(notes), "said": workspace.notes.export_markdown(notes).strip()}
    lesson = _lesson(workspace, given.lesson) if given.lesson else None
    return {"note": workspace.notes.add(given.text, lesson=lesson), "said": "Saved here."}


def _quiz(given: argparse.Namespace, workspace: Workspace) -> Answer:
    lesson = _lesson(workspace, given.lesson)
    if not given.answer:
        attempts = workspace.assessment.attempts(lesson)
        return {"attempts": list(attempts), "said": "\n".join(_attempt(a) for a in attempts)}
    running = workspace.assessment.start(lesson)
    for number, choice in zip(running.questions, given.answer, strict=False):
        options = [number.options[int(c) - 1].id for c in choice.split(",") if c]
        workspace.assessment.answer(lesson, number.id, options)
    receipt = workspace.assessment.submit(lesson)
    return {"receipt": receipt, "said": f"Handed in, receipt {receipt.digest}."}


def _attempt(attempt: Any) -> str:
    grade = attempt.grade
    return f"Attempt {attempt.number}: " + (
        f"{grade.percent} %" + ("" if grade.final else ", provisional") if grade else "not graded yet"
    )


def _search(given: argparse.Namespace, workspace: Workspace) -> Answer:
    found = workspace.search.find(given.words, limit=given.limit)
    return {"hits": list(found), "said": "\n".join(f"{h.kind:7} {h.title}" for h in found) or "Nothing found."}


# --- safety
def _back_up(given: argparse.Namespace, workspace: Workspace) -> Answer:
    path = workspace.profile.back_up()
    return {"path": str(path), "said": f"Copied to {path}."}


def _restore(given: argparse.Namespace) -> Answer:
    sessions = _sessions(given)
    known = next((p for p in sessions.list() if given.profile in (None, p.id, p.display_name)), None)
    if known is None:
        raise UserError("no_profile")
    password = None if known.remembered else _password()
    done = sessions.profiles.restore_newest_good(known.id, password)
    workspace = sessions.unlock(known.id, password)
    waiting = workspace.sync.status().waiting
    workspace.close()
    said = f"Restored the copy of {done.copied_at}; {waiting} changes wait to be sent."
    said += f" The old file is kept at {done.damaged}."
    return {"copied_at": str(done.copied_at), "damaged": str(done.damaged), "waiting": waiting, "said": said}


def _doctor(given: argparse.Namespace, workspace: Workspace) -> Answer:
    profile = workspace.profile
    verify(profile.path, profile.key)
    missing = workspace.missing_files()
    server = "none"
    if workspace.transport:
        try:
            server = str(workspace.transport.health().get("version", "reachable"))
        except LmsError as error:
            server = error.code
    damaged = [name for name in workspace.media if not workspace.media.verify(name)]
    said = f"Database in order. {len(missing)} files missing, {len(damaged)} damaged. Server: {server}."
    return {"database": "ok", "missing_files": missing, "damaged_files": damaged, "server": server, "said": said}


# --- usage
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lms", description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=user_data_path(APP), help="where profiles lie")
    parser.add_argument("--profile", help="id or name of the profile; default: the last one used")
    parser.add_argument("--json", action="store_true", help="answer in JSON, for scripts")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Callable[..., Answer], what: str, *, opened: bool = True) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(run=_opened(run) if opened else run)
        return made

    _add_accounts(add)
    _add_authoring(add)
    _add_learning(add)
    return parser


def _add_accounts(add: Callable[..., argparse.ArgumentParser]) -> None:
    for name, run, what in (
        ("register", _register, "make an account and sign in"),
        ("sign-in", _sign_in, "sign in at a server"),
    ):
        made = add(name, run, what + "; the password comes from LMS_PASSWORD or standard input", opened=False)
        made.add_argument("--server", required=True, help="address of the server")
        made.add_argument("--email", required=True)
        made.add_argument("--remember", action="store_true", help="open without a password from now on")
        if name == "register":
            made.add_argument("--first-name", required=True)
            made.add_argument("--last-name", required=True)
    add("profiles", _profiles, "who has a profile on this machine", opened=False)
    add("sync", _sync, "exchange with the server until both agree")
    add("status", _status, "what waits, and what needs a person")
    add("backup", _back_up, "copy the profile's database now")
    add("restore", _restore, "go back to the newest good copy and keep what was not sent", opened=False)
    add("doctor", _doctor, "check database, files and server")


def _add_authoring(add: Callable[..., argparse.ArgumentParser]) -> None:
    made = add("import", _import, "make a course of a folder of Markdown", opened=False)
    made.add_argument("path", type=Path)
    made.add_argument("--dry-run", action="store_true", help="only say what would become of each file")
    made.add_argument("--verbose", action="store_true", help="name every file")
    made = add("edit", _edit, "change the text of a lesson in a draft")
    made.add_argument("course")
    made.add_argument("lesson")
    text = made.add_mutually_exclusive_group(required=True)
    text.add_argument("--file", type=Path, help="the new text")
    text.add_argument("--append", help="a paragraph to add")
    made = add("add-quiz", _add_quiz, "add a quiz from a YAML file at the end of a draft")
    made.add_argument("course")
    made.add_argument("file", type=Path)
    made = add("publish", _publish, "ask for a course to be published")
    made.add_argument("course")
    made.add_argument("--note", default="", help="what changed, for learners")
    add("roster", _roster, "who learns a course").add_argument("course")


def _add_learning(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("courses", _courses, "courses here and in the catalogue").add_argument("query", nargs="?", default="")
    add("enroll", _enroll, "enrol in a course").add_argument("course")
    add("install", _install, "bring a course onto this device").add_argument("course")
    add("lessons", _lessons, "lessons of an installed course").add_argument("course")
    add("read", _read, "open a lesson").add_argument("lesson")
    made = add("complete", _complete, "mark a lesson as done")
    made.add_argument("lesson")
    made.add_argument("--undo", action="store_true", help="take it back")
    made = add("note", _note, "write a note, or show all without a text")
    made.add_argument("text", nargs="?")
    made.add_argument("--lesson")
    made = add("quiz", _quiz, "take a quiz, or show the attempts without answers")
    made.add_argument("lesson")
    made.add_argument("answer", nargs="*", help="numbers of the chosen options for each question, as in 2 or 1,3")
    made = add("search", _search, "find courses, lessons and notes")
    made.add_argument("words")
    made.add_argument("--limit", type=int, default=20)


if __name__ == "__main__":
    sys.exit(main())

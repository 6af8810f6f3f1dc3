"""Commands about people and their data: accounts, sync, copies, health."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lms_core.cli_opening import (
    PROGRAM,
    Add,
    Answer,
    ask_password,
    chosen,
    restored_answer,
    sessions_of,
    tell_restored,
)
from lms_core.db.copies import verify
from lms_core.errors import Corrupt, LmsError, UserError
from lms_core.permissions import is_anyone, is_authenticated
from lms_core.session import Sessions
from lms_core.sync.replica.client import Step, SyncStatus
from lms_core.workspace import Workspace


def _register(given: argparse.Namespace) -> Answer:
    sessions = sessions_of(given)
    password = ask_password("New password")
    sessions.register(
        given.server, email=given.email, password=password, first_name=given.first_name, last_name=given.last_name
    )
    return _signed_in(sessions, given, password)


def _sign_in(given: argparse.Namespace) -> Answer:
    sessions = sessions_of(given)
    if not given.through:
        return _signed_in(sessions, given, ask_password())
    import webbrowser

    return _entered(sessions.sign_in_by(given.server, given.through, webbrowser.open, code=lambda: str(given.code)))


def _signed_in(sessions: Sessions, given: argparse.Namespace, password: str) -> Answer:
    code = getattr(given, "code", "")
    return _entered(sessions.sign_in(given.server, given.email, password, remember=given.remember, code=code))


def _entered(workspace: Workspace) -> Answer:
    try:
        note = tell_restored(workspace)
        workspace.synchronize()
        person = workspace.person
        profile = workspace.profile.info.id
    finally:
        workspace.close()
    return {"profile": profile, "account": person.account, "name": person.name, "role": person.role, **note,
            "said": f"Signed in as {person.name} ({person.role})."}  # fmt: skip


def _start(given: argparse.Namespace) -> Answer:
    workspace = sessions_of(given).start_local(given.name)
    try:
        return {"profile": workspace.profile.info.id, "said": f"A profile for {given.name} is on this machine."}
    finally:
        workspace.close()


def _link(given: argparse.Namespace) -> Answer:
    sessions = sessions_of(given)
    known = chosen(given, sessions)
    password = ask_password()
    local = sessions.unlock(known.id, None if known.remembered else password)
    try:
        note = tell_restored(local)
        workspace = sessions.link(local, given.server, given.email, password, remember=given.remember)
    finally:
        local.close()
    try:
        step = workspace.synchronize()
        status = workspace.sync.status()
        profile, name = workspace.profile.info.id, workspace.person.name
    finally:
        workspace.close()
    return {"profile": profile, "sent": step.sent, "waiting": status.waiting, "needs_you": status.needs_you,
            **note, "said": f"The work belongs to {name} now. {_summary(step, status)}"}  # fmt: skip


def _profiles(given: argparse.Namespace) -> Answer:
    found = sessions_of(given).list()
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
    last = workspace.restored()
    said = f"{person.name}: {status.waiting} waiting, {status.needs_you} need you."
    return {"account": person.account, "name": person.name, "role": person.role, "server": person.server_url,
            "waiting": status.waiting, "needs_you": status.needs_you, "last_synced_at": status.last_synced_at,
            "parked": parked, "runs": [_plain(run) for run in workspace.sync.runs()],
            **restored_answer(last), "said": f"{said} {last.said}" if last else said}  # fmt: skip


def _plain(run: Any) -> Answer:
    return {name: value for name, value in run._mapping.items() if name != "id"}


# --- safety
def _back_up(given: argparse.Namespace, workspace: Workspace) -> Answer:
    if given.to is not None:
        workspace.profile.export(given.to, ask_password("Password for the file"))
        return {"path": str(given.to), "said": f"Everything is in {given.to}, under this password."}
    path = workspace.profile.back_up()
    return {"path": str(path), "said": f"Copied to {path}."}


def _restore(given: argparse.Namespace) -> Answer:
    sessions = sessions_of(given)
    if given.file is not None:
        if not given.file.is_file():
            raise UserError("no_such_path", path=str(given.file))
        return _take_over(sessions, given.file)
    known = chosen(given, sessions)
    password = None if known.remembered else ask_password()
    done = sessions.profiles.restore_newest_good(known.id, password)
    workspace = sessions.unlock(known.id, password)
    try:
        waiting, note = workspace.sync.status().waiting, restored_answer(workspace.restored())
        workspace.told_restored(PROGRAM)  # by this answer
    finally:
        workspace.close()
    said = f"Restored the copy of {done.copied_at}; {waiting} changes wait to be sent."
    if done.lost != 0:
        said += f" Unsent changes of the old file that could not be read: {done.lost or 'unknown'}."
    said += f" The old file is kept at {done.damaged}."
    return {"copied_at": str(done.copied_at), "damaged": str(done.damaged), "waiting": waiting, **note, "said": said}


def _take_over(sessions: Sessions, file: Path) -> Answer:
    with sessions.profiles.import_(file, ask_password("Password of the file")) as opened:
        info = opened.info
    return {"profile": info.id, "name": info.display_name, "said": f"{info.display_name} is on this machine now."}


def _doctor(given: argparse.Namespace, workspace: Workspace) -> Answer:
    profile = workspace.profile
    try:
        verify(profile.path, profile.key)
    except Corrupt:
        profile.suspect = True  # the next opening restores
        raise
    missing = workspace.missing_files()
    server = "none"
    if workspace.transport:
        try:
            server = str(workspace.transport.health().get("version", "reachable"))
        except LmsError as error:
            server = error.code
    damaged = [name for name in workspace.media if not workspace.media.verify(name)]
    last = workspace.restored()
    said = f"Database in order. {len(missing)} files missing, {len(damaged)} damaged. Server: {server}."
    return {"database": "ok", "missing_files": missing, "damaged_files": damaged, "server": server,
            **restored_answer(last), "said": f"{said} {last.said}" if last else said}  # fmt: skip


# --- usage
def add_commands(add: Add) -> None:
    """Name the commands of this module."""
    for name, run, what in (
        ("register", _register, "make an account and sign in"),
        ("sign-in", _sign_in, "sign in at a server"),
    ):
        made = add(name, run, what + "; the password comes from LMS_PASSWORD or standard input", may=is_anyone)
        made.add_argument("--server", required=True, help="address of the server")
        who = made.add_mutually_exclusive_group(required=True)
        who.add_argument("--email")
        made.add_argument("--remember", action="store_true", help="open without a password from now on")
        if name == "sign-in":
            who.add_argument("--through", metavar="PROVIDER", help="in the browser, at google or oidc, as set up there")
            made.add_argument("--code", default="", help="what your authenticator app shows, or a recovery code")
        else:
            made.add_argument("--first-name", required=True)
            made.add_argument("--last-name", required=True)
    made = add("start", _start, "begin without a server; the work can be linked to an account later", may=is_anyone)
    made.add_argument("name")
    made = add("link", _link, "bring a profile begun without a server under an account", may=is_anyone)
    made.add_argument("--server", required=True, help="address of the server")
    made.add_argument("--email", required=True)
    made.add_argument("--remember", action="store_true", help="open without a password from now on")
    add("profiles", _profiles, "who has a profile on this machine", may=is_anyone)
    add("sync", _sync, "exchange with the server until both agree", may=is_authenticated)
    add("status", _status, "what waits, and what needs a person", may=is_authenticated)
    made = add("backup", _back_up, "copy the profile's database now", may=is_authenticated)
    made.add_argument("--to", type=Path, metavar="FILE", help="write everything into one encrypted file instead")
    made = add("restore", _restore, "go back to the newest good copy and keep what was not sent", may=is_anyone)
    made.add_argument("file", type=Path, nargs="?", help="a file of `backup --to`: bring its profile to this machine")
    add("doctor", _doctor, "check database, files and server", may=is_authenticated)

"""`lms-server`: run, prepare, back up and check a server (OPS-06). Exit status 0 done, 1 refused, 2 wrong usage."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lms_core.accounts.audit import SERVER
from lms_core.accounts.model import Registration
from lms_core.accounts.service import AccountsService
from lms_core.db.upgrade import newest_revision
from lms_core.edge import nobody_reads, told
from lms_core.errors import Busy, LmsError, UserError
from lms_core.media.store import MediaStore
from lms_core.operation.runs import DONE
from lms_core.permissions import ROLES
from sync_server.backup import back_up, restore, summary
from sync_server.backups import BACKUP
from sync_server.cli_mail import mail, mail_options
from sync_server.config import Settings, described, load_settings, read_settings
from sync_server.database import MIGRATIONS, Database, database_of
from sync_server.layout import PACKS
from sync_server.logs import start_logging
from sync_server.mail import OUTBOX
from sync_server.opening import open_hub, prepare
from sync_server.stores import blobs_of

Command = Callable[[argparse.Namespace], dict[str, Any]]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        return _run(given)
    except BrokenPipeError:
        nobody_reads()
        return 0


def _run(given: argparse.Namespace) -> int:
    try:
        start_logging("WARNING")
        with told():
            answer = given.command(given)
    except LmsError as error:
        _refused(error, as_json=given.json)
        return 1
    except KeyboardInterrupt:
        return 130
    if given.json:
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    elif answer.get("said"):
        print(answer["said"], flush=True)
    return 0 if answer.get("ok", True) else 1


def _refused(error: LmsError, *, as_json: bool) -> None:
    fields = error.values.get("fields", {})
    if as_json:
        print(json.dumps({"ok": False, "code": error.code, "message": error.message, "fields": fields}))
        return
    print(f"lms-server: {error.message}", file=sys.stderr)
    for name, codes in fields.items():
        print(f"  {name}: {' '.join(LmsError(code).message for code in codes)}", file=sys.stderr)


# --- commands
def _serve(given: argparse.Namespace) -> dict[str, Any]:
    from sync_server.app import create_app
    from sync_server.serving import listen, serve
    from sync_server.tls import tls_of

    settings = _settings(given, host=given.host, port=given.port)
    start_logging(settings.log_level, settings.log_style)
    tls = tls_of(settings)
    with ExitStack() as stack:
        database = database_of(given.data, settings.database_url)
        held = stack.enter_context(database.serve())
        listening = stack.enter_context(listen(settings.host, settings.port))
        prepare(given.data, database)
        opened = stack.enter_context(_open(given.data, settings, sole=held.sole))
        held.share()
        for each in (opened.projector, opened.mailer, opened.reporter, opened.jobs):
            stack.callback(each.close)
        for behind in (opened.projector, opened.mailer, *([opened.reporter] if settings.jobs_here else [])):
            behind.start()
        opened.jobs.start(watch=held.keep, work=settings.jobs_here)
        serve(create_app(settings, opened.served), listening, settings, tls=tls, url_file=given.url_file)
    return {"ok": True}


def _worker(given: argparse.Namespace) -> dict[str, Any]:
    settings, database = _settings(given), _there(given)
    if not settings.database_url:
        raise UserError("worker_needs_postgres")
    start_logging(settings.log_level, settings.log_style)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with ExitStack() as stack:
        held = stack.enter_context(database.serve())
        prepare(given.data, database)
        opened = stack.enter_context(_open(given.data, settings, begin=held.sole, sole=held.sole))
        held.share()
        stack.callback(opened.reporter.close)
        stack.callback(opened.jobs.close)
        opened.reporter.start()
        opened.jobs.start(watch=held.keep)
        print("working", flush=True)
        ended.wait()
    return {"ok": True}


def _migrate(given: argparse.Namespace) -> dict[str, Any]:
    database = _database(given)
    with database.alone():
        done = prepare(given.data, database)
    return {"ok": True, "changed": done, "said": "The database was brought up to date." if done else "Nothing to do."}


def _create_admin(given: argparse.Namespace) -> dict[str, Any]:
    password = _asked()
    wish = Registration(
        email=given.email,
        password=password,
        password_confirm=password,
        first_name=given.first_name,
        last_name=given.last_name,
        username=given.username,
    )
    with _accounts(given) as accounts:
        user = accounts.create_admin(wish)
    return {"ok": True, "id": user.id, "email": user.email, "said": f"Administrator {user.email} was created."}


def _set_role(given: argparse.Namespace) -> dict[str, Any]:
    _there(given)
    with _accounts(given) as accounts:
        user = accounts.set_role(given.email, given.role)
    return {"ok": True, "id": user.id, "role": user.role, "said": f"{user.email} is now {user.role}."}


def _set_password(given: argparse.Namespace) -> dict[str, Any]:
    _there(given)
    password = _asked()
    with _accounts(given) as accounts:
        user = accounts.set_password(given.email, password)
    said = f"{user.email} has another password now and has to sign in again everywhere."
    return {"ok": True, "id": user.id, "email": user.email, "said": said}


def _import_users(given: argparse.Namespace) -> dict[str, Any]:
    _there(given)
    if not given.file.is_file():
        raise UserError("no_such_path", path=given.file)
    with _shared(given) as opened:
        report = opened.served.imports.run(given.file.read_bytes(), SERVER, dry_run=given.dry_run, invite=given.invite)
        opened.hub.project()
    made = "would be made" if given.dry_run else "were made"
    said = [f"{len(report.created)} of {report.lines} accounts {made}, {len(report.existing)} were there already."]
    said += [f"Column “{name}” is not known and was left out." for name in report.ignored]
    said += [
        f"line {line}, {name}: {' '.join(LmsError(code).message for code in codes)}"
        for line, fields in sorted(report.faults.items())
        for name, codes in fields.items()
    ]
    return {"ok": not report.faults, **asdict(report), "said": "\n".join(said)}


@contextmanager
def _accounts(given: argparse.Namespace) -> Iterator[AccountsService]:
    with _shared(given) as opened:
        yield opened.served.accounts


@contextmanager
def _shared(given: argparse.Namespace) -> Iterator[Any]:
    database = _database(given)
    with ExitStack() as stack:
        try:
            sole = stack.enter_context(database.serve()).sole
            prepare(given.data, database)
        except Busy:
            sole = False  # a server runs here; the database takes writes of both
        yield stack.enter_context(_open(given.data, _settings(given), begin=sole))


def _asked() -> str:
    if os.environ.get("LMS_PASSWORD"):
        return os.environ["LMS_PASSWORD"]
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\r\n")


def _back_up(given: argparse.Namespace) -> dict[str, Any]:
    database, now, blobs = _database(given), datetime.now(UTC), blobs_of(given.data, _settings(given))
    report = back_up(given.data, given.to, now=now, media=not given.without_media, database=database, blobs=blobs)
    if database.revision() == newest_revision(MIGRATIONS):
        with _open(given.data, _settings(given), begin=False) as opened:
            runs = opened.served.runs
            runs.end(runs.begin(BACKUP, "lms-server backup"), DONE, json.dumps(summary(report)))
    return {
        "ok": True,
        **summary(report),
        "said": f"{report.path}: {report.files} files, {report.bytes} bytes, verified.",
    }


def _restore(given: argparse.Namespace) -> dict[str, Any]:
    database = _database(given)
    with database.alone():
        blobs = blobs_of(given.data, _settings(given))
        report = restore(given.data, given.backup, now=datetime.now(UTC), database=database, blobs=blobs)
        prepare(given.data, database)
    said = f"Restored {report.files} files of {report.at}. Laptops send again what came later."
    return {"ok": True, **summary(report), "said": said}


def _there(given: argparse.Namespace) -> Database:
    """The database of a server that has been started before; raises UserError `no_hub`."""
    database = _database(given)
    if not database.exists():
        raise UserError("no_hub", path=given.data)
    return database


def _database(given: argparse.Namespace) -> Database:
    return database_of(given.data, _settings(given).database_url)


def _check(given: argparse.Namespace) -> dict[str, Any]:
    from sync_server.checking import check, wrong_settings

    if not given.data.is_dir():
        raise UserError("no_hub", path=given.data)
    _values, wrong = read_settings(given.data, os.environ, database_url=given.database_url)
    if wrong:
        checked = wrong_settings(wrong)
    else:
        checked = check(given.data, _settings(given), _database(given), partial(_set_aside, given))
    return {
        "ok": checked.ok,
        "faults": checked.faults,
        "files": checked.files,
        "set_aside": checked.set_aside,
        "findings": [asdict(each) for each in checked.findings],
        "said": checked.told(),
    }


def _set_aside(given: argparse.Namespace) -> int:
    with _open(given.data, _settings(given), begin=False) as opened:
        found: int = opened.served.health().set_aside
        return found


def _retry(given: argparse.Namespace) -> dict[str, Any]:
    _there(given)
    with _shared(given) as opened:
        left = opened.hub.projection.retry()
    said = f"{left.rows} rows still fail; the log says why." if left.rows else "Nothing is set aside any more."
    return {"ok": not left.rows, "set_aside": left.rows, "said": said}


def _mail(given: argparse.Namespace) -> dict[str, Any]:
    _there(given)
    with _shared(given) if given.retry else _open(given.data, _settings(given), begin=False) as opened:
        return mail(opened.sender, given.data / OUTBOX, given)


def _bundle(given: argparse.Namespace) -> dict[str, Any]:
    _there(given)
    if not given.bundle.is_file():
        raise UserError("no_such_path", path=given.bundle)
    with _shared(given) as opened:
        opened.served.filing.bundles.answer(given.bundle, given.out)
        opened.hub.project()
    return {
        "ok": True,
        "path": str(given.out),
        "said": f"Taken in. Bring {given.out} back to where the file came from.",
    }


def _open(data: Path, settings: Settings, *, begin: bool = True, sole: bool = True) -> Any:
    from lms_core.entities import SCHEMA, hub_effects

    effects = hub_effects(MediaStore(data / PACKS))
    return open_hub(data, settings, schema=SCHEMA, effects=effects, begin=begin, sole=sole)


def _settings(given: argparse.Namespace, **more: Any) -> Settings:
    return load_settings(given.data, os.environ, database_url=given.database_url, **more)


# --- usage
def _people_options(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Name the commands that make and change accounts."""
    one = add("create-admin", _create_admin, "make an administrator; password from LMS_PASSWORD or standard input")
    one.add_argument("--email", required=True)
    one.add_argument("--first-name", required=True)
    one.add_argument("--last-name", required=True)
    one.add_argument("--username", default="")
    one = add("set-role", _set_role, "make an account a student, instructor, manager or admin")
    one.add_argument("--email", required=True)
    one.add_argument("--role", required=True, choices=sorted(ROLES))
    text = "give an account another password, from LMS_PASSWORD or standard input; ends its sessions"
    one = add("set-password", _set_password, text)
    one.add_argument("--email", required=True)
    one = add("import-users", _import_users, "make the accounts of a CSV table; each line is checked by itself")
    columns = "columns: email, first_name, last_name, username, cohort, role, password"
    one.add_argument("file", type=Path, metavar="FILE", help=columns)
    one.add_argument("--dry-run", action="store_true", help="only say what would come of it")
    one.add_argument("--invite", action="store_true", help="mail those without a password how to choose one")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lms-server",
        description="The server of a learning system that works without a network.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="exit status: 0 done, 1 refused with the reason, 2 wrong usage",
    )
    parser.add_argument("--version", action="version", version=f"lms-server {version('desktop-lms')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = _adder(commands)
    one = add("serve", _serve, "answer laptops until stopped", epilog=described())
    one.add_argument("--host", help="address to listen on (127.0.0.1)")
    one.add_argument("--port", type=int, help="port; 0 takes a free one (8000)")
    one.add_argument("--url-file", type=Path, metavar="FILE", help="write the address here when ready")
    add("worker", _worker, "do the jobs of servers that share a PostgreSQL database, in a process of its own")
    add("migrate", _migrate, "bring the database to this version's layout")
    _people_options(add)
    one = add("backup", _back_up, "write one verified file with everything; the server may run")
    one.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    one.add_argument("--without-media", action="store_true", help="leave out uploaded media files")
    one = add("restore", _restore, "put a backup in place; the server must be stopped")
    one.add_argument("backup", type=Path, metavar="FILE")
    add("retry", _retry, "take up again what was set aside because a rule failed; the server may run")
    mail_options(add("mail", _mail, "list the mails that wait, were sent or failed; the server may run"))
    one = add("bundle", _bundle, "take in a file that a laptop made with `lms send-file`; the server may run")
    one.add_argument("bundle", type=Path, metavar="FILE")
    one.add_argument("--out", type=Path, required=True, metavar="REPLY", help="the file to bring back")
    add("check", _check, "look at settings, secrets, certificate, disk, database and files; what is wrong")
    return parser


EXAMPLES = {
    "serve": "--port 8080",
    "worker": "--database-url postgresql://lms@db.example/lms",
    "migrate": "",
    "create-admin": "--email ada@school.example --first-name Ada --last-name Moyo",
    "set-role": "--email t@school.example --role instructor",
    "set-password": "--email s@school.example",
    "import-users": "people.csv --dry-run",
    "backup": "--to /backup/lms",
    "restore": "/backup/lms/hub-20260901T060000Z.tar",
    "retry": "--json",
    "mail": "--test you@school.example",
    "bundle": "/media/stick/ada.sync --out /media/stick/ada.reply",
    "check": "--json",
}


def _adder(commands: Any) -> Callable[..., argparse.ArgumentParser]:
    def add(name: str, command: Command, text: str, epilog: str = "") -> argparse.ArgumentParser:
        one: argparse.ArgumentParser = commands.add_parser(
            name,
            help=text,
            description=text,
            epilog="\n\n".join(filter(None, (f"example: lms-server {name} --data /srv/lms {EXAMPLES[name]}", epilog))),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.add_argument("--data", type=Path, required=True, metavar="DIR", help="the server's data folder")
        one.add_argument("--database-url", metavar="URL", help="postgresql://... instead of hub.db in the data folder")
        one.add_argument("--json", action="store_true", help="print the result as JSON")
        one.set_defaults(command=command)
        return one

    return add


if __name__ == "__main__":
    sys.exit(main())

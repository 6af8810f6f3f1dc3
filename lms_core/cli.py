"""`lms`: everything the app does with its data, for scripts and for those who help. Exit 0, 1 refused, 2 usage."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import msgspec
from platformdirs import user_data_path

from lms_core import cli_authoring, cli_files, cli_learning, cli_profiles
from lms_core.cli_opening import Answer, Predicate, opened
from lms_core.edge import nobody_reads, told
from lms_core.errors import LmsError
from lms_core.memory import keep_loaded
from lms_core.permissions import is_anyone

APP = "desktop-lms"
EXAMPLES = {
    "register": "register --server https://lms.school.example --email t@school.example --first-name T --last-name Ito",
    "sign-in": "sign-in --server https://lms.school.example --email s@school.example --remember",
    "start": "start Amara",
    "link": "link --server https://lms.school.example --email s@school.example",
    "profiles": "profiles",
    "sync": "sync --json",
    "send-file": "send-file /media/stick/ada.sync",
    "carry": "carry /media/stick/ada.sync --out /media/stick/ada.reply",
    "receive-file": "receive-file /media/stick/ada.reply",
    "export-data": "export-data ~/my-data.zip",
    "status": "status",
    "backup": "backup --to ~/amara.lms",
    "restore": "restore ~/amara.lms",
    "doctor": "doctor",
    "import": "import ~/my-course --dry-run",
    "edit": "edit 'Asking well' 'A good question' --append 'One more paragraph.'",
    "add-quiz": "add-quiz 'Asking well' ~/quiz.yaml",
    "publish": "publish 'Asking well' --note 'A quiz for each module'",
    "roster": "roster 'Asking well'",
    "courses": "courses physics",
    "enroll": "enroll 'Asking well'",
    "install": "install 'Asking well'",
    "lessons": "lessons 'Asking well'",
    "read": "read 'A good question'",
    "complete": "complete 'A good question'",
    "note": "note 'Ask about the second figure' --lesson 'A good question'",
    "notes": "notes export ~/notes.md",
    "quiz": "quiz 'What stays with you' 2 1,3",
    "review": "review 3f2a good",
    "card": "card 'What makes waves?' Wind --tag sea",
    "search": "search 'cloud base' --limit 5",
}
"""One for each command; its help shows it, and a test reads it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        given = _parser().parse_args(words)
    except _WrongUsage as wrong:
        wrong.tell(as_json="--json" in words)
    keep_loaded()
    try:
        return _run(given)
    except BrokenPipeError:
        nobody_reads()
        return 0


def _run(given: argparse.Namespace) -> int:
    try:
        with told():
            answer = given.run(given)
    except LmsError as error:
        _say(
            given,
            {"ok": False, "code": error.code, "message": error.message, "details": _plain(error.values)},
            error.message,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    _say(given, {"ok": True, **{k: v for k, v in answer.items() if k != "said"}}, answer.get("said", ""))
    return 0


def _say(given: argparse.Namespace, body: Answer, words: str) -> None:
    if given.json:
        print(json.dumps(_plain(body), ensure_ascii=False), flush=True)
    elif words:
        print(words, file=sys.stdout if body["ok"] else sys.stderr, flush=True)


def _plain(value: Any) -> Any:
    """What JSON can say of it."""
    return msgspec.to_builtins(value, enc_hook=str)


# --- usage
class _WrongUsage(Exception):
    """What was typed is no command."""

    def __init__(self, parser: argparse.ArgumentParser, why: str) -> None:
        self._parser, self._why = parser, why

    def tell(self, *, as_json: bool) -> NoReturn:
        """Say it and end with 2."""
        usage = self._parser.format_usage()
        if as_json:
            body = {"ok": False, "code": "wrong_usage", "message": self._why, "details": {"usage": usage.strip()}}
            print(json.dumps(body, ensure_ascii=False), flush=True)
        else:
            print(f"{usage}{self._parser.prog}: error: {self._why}", file=sys.stderr)
        sys.exit(2)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Let the caller tell it."""
        raise _WrongUsage(self, message)


class _Version(argparse.Action):
    """Say the version, which only then is looked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 - argparse's word
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and end."""
        from importlib.metadata import version

        parser.exit(message=f"lms {version('desktop-lms')}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lms",
        description="Learn and write courses from the command line, without a network.",
        epilog="exit status: 0 done, 1 refused with the reason, 2 wrong usage",
    )
    parser.add_argument("--version", action=_Version, help="show the version and exit")
    parser.add_argument("--data-dir", type=Path, default=user_data_path(APP), help="where profiles lie")
    parser.add_argument("--profile", help="id or name of the profile; default: the last one used")
    parser.add_argument("--json", action="store_true", help="answer in JSON, for scripts")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Callable[..., Answer], what: str, *, may: Predicate) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(
            name, help=what, description=what, epilog=f"example: lms {EXAMPLES[name]}"
        )
        made.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer in JSON")
        made.set_defaults(run=run if may is is_anyone else opened(run, may), may=may)
        return made

    for part in (cli_profiles, cli_files, cli_authoring, cli_learning):
        part.add_commands(add)
    return parser


if __name__ == "__main__":
    sys.exit(main())

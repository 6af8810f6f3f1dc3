"""Commands of sync by file, for laptops without a network and those who carry their files, and of one's own data."""

from __future__ import annotations

import argparse
from pathlib import Path

from lms_core.cli_opening import Add, Answer
from lms_core.errors import UserError
from lms_core.permissions import is_authenticated
from lms_core.workspace import Workspace


def _send(given: argparse.Namespace, workspace: Workspace) -> Answer:
    count = workspace.send_by_file(given.out)
    return {"path": str(given.out), "changes": count,
            "said": f"{count} changes are in {given.out}. They stay here until the answer is received."}  # fmt: skip


def _carry(given: argparse.Namespace, workspace: Workspace) -> Answer:
    reply = given.out or given.file.with_name(given.file.name + ".reply")
    workspace.carry(_there(given.file), reply)
    return {"path": str(reply), "said": f"The server has it. Bring {reply} back to where the file came from."}


def _receive(given: argparse.Namespace, workspace: Workspace) -> Answer:
    step = workspace.receive_file(_there(given.file))
    status = workspace.sync.status()
    said = f"Received {step.received}; {status.waiting} waiting, {status.needs_you} need you."
    if step.more:
        said += " There is more: send another file."
    return {"received": step.received, "more": step.more, "waiting": status.waiting, "needs_you": status.needs_you,
            "said": said}  # fmt: skip


def _export(given: argparse.Namespace, workspace: Workspace) -> Answer:
    workspace.export_data(given.out)
    return {"path": str(given.out), "said": f"All of your data that is on this device is in {given.out}."}


def _there(path: Path) -> Path:
    if not path.is_file():
        raise UserError("no_such_path", path=str(path))
    return path


def add_commands(add: Add) -> None:
    """Name the commands of this module."""
    made = add(
        "send-file", _send, "write what waits into a file that somebody carries to the server", may=is_authenticated
    )
    made.add_argument("out", type=Path, metavar="OUT")
    made = add("carry", _carry, "bring somebody's file to the server and its answer back", may=is_authenticated)
    made.add_argument("file", type=Path, metavar="IN")
    made.add_argument("--out", type=Path, metavar="REPLY", help="where the answer goes (IN.reply)")
    made = add("export-data", _export, "write all your own data on this device into a zip", may=is_authenticated)
    made.add_argument("out", type=Path, metavar="OUT")
    made = add("receive-file", _receive, "take in the file that the server answered with", may=is_authenticated)
    made.add_argument("file", type=Path, metavar="IN")

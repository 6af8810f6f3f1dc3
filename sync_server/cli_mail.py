"""`lms-server mail`: what is in the queue and in the outbox, one mail in full, another try, a test."""

from __future__ import annotations

import argparse
import smtplib
from email.errors import MessageError
from pathlib import Path
from typing import Any

from lms_core.errors import NotFound, UserError
from lms_core.mail.queue import Mail
from sync_server.mail import Sender, reason
from sync_server.routes.bodies import moment


def mail_options(command: argparse.ArgumentParser) -> None:
    """Declare what can be asked for."""
    what = command.add_mutually_exclusive_group()
    what.add_argument("--show", metavar="ID", help="print one mail as it travels")
    what.add_argument("--retry", action="store_true", help="try again now whatever was not sent")
    what.add_argument("--test", metavar="ADDRESS", help="send a test mail at once and say whether that worked")


def mail(sender: Sender, outbox: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Do what was asked for, by default list the last 200 mails and the files of the outbox."""
    if given.test:
        return _test(sender, given.test)
    if given.retry:
        count = sender.queue.retry()
        return {"ok": True, "retried": count, "said": f"{count} mails are tried again within half a minute."}
    if given.show:
        return _show(sender, given.show)
    mails, files = sender.queue.all(), sorted(str(path) for path in outbox.glob("*.eml"))
    lines = [_line(each) for each in mails] or ["No mails yet."]
    lines += [f"{len(files)} in {outbox}"] if files else []
    return {"ok": True, "mails": [_facts(each) for each in mails], "outbox": files, "said": "\n".join(lines)}


def _show(sender: Sender, name: str) -> dict[str, Any]:
    try:
        found = sender.queue.find(name)
    except NotFound as error:
        raise NotFound("no_mail", id=name) from error
    text = sender.writer.message(found).as_string()
    return {"ok": True, **_facts(found), "message": text, "said": text}


def _test(sender: Sender, address: str) -> dict[str, Any]:
    try:
        sender.test(address)
    except (OSError, smtplib.SMTPException, MessageError, ValueError) as error:
        raise UserError("mail_failed", reason=reason(error)) from error
    return {"ok": True, "to": address, "said": f"The mail to {address} was handed over."}


def _facts(each: Mail) -> dict[str, Any]:
    times = {"created_at": each.created_at, "next_try": each.next_try, "sent_at": each.sent_at}
    return {
        "id": each.id, "state": each.state, "template": each.template, "to": each.address,
        "attempts": each.attempts, "error": each.error,
        **{name: None if at is None else moment(at) for name, at in times.items()},
    }  # fmt: skip


def _line(each: Mail) -> str:
    parts = (moment(each.created_at)[:16], f"{each.state:7}", each.id, f"{each.template:16}", each.address)
    tried = f"  {each.attempts} tries: {each.error}" if each.error else ""
    return "  ".join(parts) + tried

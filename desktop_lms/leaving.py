"""What becomes of a profile that is left."""

from __future__ import annotations

import logging

from lms_core.errors import UserError
from lms_core.workspace import Workspace

log = logging.getLogger(__name__)


def lock(workspace: Workspace, *, sign_out: bool) -> None:
    """Ask for the password next time; with `sign_out` the server forgets this sign-in."""
    if workspace.transport and sign_out:
        workspace.transport.sign_out()
    try:
        workspace.profile.forget()
    except UserError:
        log.info("a profile without a password stays open to whoever uses this account")

"""What must not stand in a log, whoever writes it: tokens, hashes, passwords and bodies of mails (SEC-13, OFF-12)."""

from __future__ import annotations

import re

SECRETS = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]+"  # access tokens
    r"|[0-9a-f]{8}-[0-9a-f-]{27}\.\d+\.[\w-]{43}"  # refresh tokens
    r"|(?<=Bearer )\S+"
    r"|\$argon2\w*\$\S+"
    r"|(?<=://)[^\s/@:]*:[^\s@]+(?=@)"  # name and password in an address
    # what is called so, and the body of a mail; a name may stand in quotes, which may be escaped
    r"|(?i:(?<![a-z])(?:password|passwd|secret|token|refresh|access|otp|body)\\?[\"']?\s*[=:]\s*)"
    r"(?:\\?'[^']*'|\\?\"[^\"]*\"|[^\s,;}\])]+)"
)
PEOPLE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
REMOVED = "[removed]"


def redacted(text: str) -> str:
    """The text with tokens, hashes, passwords and bodies of mails taken out."""
    return SECRETS.sub(REMOVED, text)


def impersonal(text: str, home: str = "") -> str:
    """The same without e-mail addresses, and with "~" for the folder of the person, as one may hand it on."""
    text = PEOPLE.sub(REMOVED, redacted(text))
    return text.replace(home, "~") if len(home) > 1 else text

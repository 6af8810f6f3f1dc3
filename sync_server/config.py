"""Settings of the server, each declared once: from hub.toml in the data folder, then the environment (OPS-05)."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from lms_core.errors import UserError
from lms_core.instructors.tiers import tiers_from
from lms_core.mail.letters import LANGUAGES

PREFIX = "LMS_HUB_"
FILE = "hub.toml"
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def _setting(
    default: Any,
    help_text: str,
    *,
    least: int = 0,
    most: int | None = None,
    among: tuple[str, ...] = (),
    secret: bool = False,
) -> Any:
    """A setting; a number lies from `least` to `most`, a word is one of `among`, a secret is never shown."""
    about = {"help": help_text, "least": least, "most": most, "among": among, "secret": secret}
    return field(default=default, repr=not secret, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default. Limits of 0 are off."""

    database_url: str = _setting(
        "", "postgresql://... that several servers share; without it hub.db in the data folder", secret=True
    )
    host: str = _setting("127.0.0.1", "address to listen on; 0.0.0.0 for the whole network")
    port: int = _setting(8000, "port to listen on; 0 takes a free one", most=65535)
    blob_url: str = _setting(
        "", "s3://bucket/prefix?endpoint=https://...&region=... for media; without it they lie in the data folder"
    )
    blob_key: str = _setting("", "the key's name at that store; without it AWS_ACCESS_KEY_ID and the like count")
    blob_secret: str = _setting("", "the key itself", secret=True)
    tls_certificate: str = _setting(
        "", "file with the certificate and those above it, in PEM; the server speaks TLS then"
    )
    tls_key: str = _setting("", "file with its private key, when the certificate's file does not hold it")
    plain_http: bool = _setting(False, "serve a network without TLS: for a trusted one, or behind a proxy elsewhere")
    registration: str = _setting(
        "open",
        "who makes an account: open (anybody), code (of a class or an invitation), closed (the invited alone)",
        among=("open", "code", "closed"),
    )
    access_minutes: int = _setting(15, "life of an access token, 5 to 15 minutes", least=1)
    session_hours: int = _setting(24, "life of a sign-in that is not used", least=1)
    remembered_days: int = _setting(30, "the same when the person asked to stay signed in", least=1)
    sign_ins_per_minute: int = _setting(5, "tries a minute for one e-mail address from one network address")
    sign_ins_per_address: int = _setting(120, "tries a minute from one network address; a school shares one")
    registrations_per_address: int = _setting(60, "new accounts a minute from one network address")
    mails_per_hour: int = _setting(3, "mails an hour to one address with a code, of each kind")
    mails_per_address: int = _setting(60, "the same an hour from one network address")
    requests_per_minute: int = _setting(120, "requests a minute of one account, but for what moves data")
    transfers_per_minute: int = _setting(1200, "the same for sync and files, which come in parts")
    requests_per_address: int = _setting(1200, "requests a minute without an account from one network address")
    verifications_per_address: int = _setting(
        60, "certificates that may be looked up a minute from one network address"
    )
    backfills_at_once: int = _setting(4, "large answers made at once when many devices come back; 0 for no limit")
    live_connections: int = _setting(10_000, "devices that may be told at once when there is something to fetch")
    largest_file_mb: int = _setting(512, "largest file that is taken", least=1)
    account_mb: int = _setting(1024, "space for what one account writes, without files; 0 for no limit")
    author_mb: int = _setting(4096, "space for the files of all courses that one person made; 0 for no limit")
    keep_free_mb: int = _setting(256, "refuse files when the disk would have less than this left")
    scan_command: str = _setting(
        "", "virus scanner of uploads: run with the file's path, it ends with 0 for clean and 1 for found, as clamscan"
    )
    scan_socket: str = _setting("", "socket of clamd instead: its path, or host:port")
    scan_seconds: int = _setting(120, "how long to wait for it", least=1)
    scan_needed: bool = _setting(True, "whether files are refused while it does not answer; else they are taken")
    instructor_tiers: tuple[str, ...] = _setting(
        ("silver:50:3.5", "gold:250:4.0", "platinum:1000:4.3", "diamond:5000:4.6"),
        "what each tier of instructors takes, as name:learners:rating",
    )
    public_url: str = _setting("", "address under which people reach this server, https://learn.example.org")
    language: str = _setting("en", "language of mails to people whose own is not known", among=LANGUAGES)
    smtp_host: str = _setting("", "mail server; without one mails are files in the folder outbox")
    smtp_port: int = _setting(587, "its port: 587 with starttls, 465 with tls, 25 with none", most=65535)
    smtp_tls: str = _setting(
        "starttls", "how the line to it is encrypted: starttls, tls or none", among=("starttls", "tls", "none")
    )
    smtp_user: str = _setting("", "name to sign in with there; without one nobody signs in")
    smtp_password: str = _setting("", "password to sign in with there", secret=True)
    smtp_ca_file: str = _setting("", "certificate to trust there instead of those of the system, in PEM")
    mail_from: str = _setting("", "sender of mails, as School <lms@school.example>")
    digest_hour: int = _setting(
        7, "hour of this machine's clock at which the day's mail of what is new goes out", most=23
    )
    google_client_id: str = _setting("", "client id of “Sign in with Google”; empty: off")
    google_client_secret: str = _setting("", "the secret that goes with it")
    oidc_issuer: str = _setting("", "address of another OpenID Connect provider; empty: off")
    oidc_label: str = _setting("School account", "what the button for it says")
    oidc_client_id: str = _setting("", "client id at that provider")
    oidc_client_secret: str = _setting("", "the secret that goes with it")
    trusted_proxies: tuple[str, ...] = _setting((), "addresses of reverse proxies whose X-Forwarded-For is believed")
    threads: int = _setting(8, "threads for requests that read or write", least=1)
    query_seconds: int = _setting(30, "how long a request may read the database before it is refused", least=1)
    password_threads: int = _setting(2, "how many passwords are checked at once; each takes 64 MiB", least=1)
    stop_seconds: int = _setting(20, "how long to wait for running requests when stopping")
    backup_folder: str = _setting("", "folder for backups that come round by themselves; without it there are none")
    backup_hours: int = _setting(24, "hours from one backup to the next; 0 for none")
    backups_kept: int = _setting(7, "how many of them are kept", least=1)
    backup_media: bool = _setting(True, "whether they hold uploaded media, too")
    keep_log_days: int = _setting(
        365, "how long sign-ins, activity, uploads and what the jobs did are remembered; 0 for good"
    )
    jobs_here: bool = _setting(True, "whether `serve` does the jobs; with PostgreSQL `lms-server worker` may do them")
    job_seconds: int = _setting(15, "seconds between two looks whether a job is due", least=1)
    institution: str = _setting("", "who issues certificates, as they say it: the name of the school")
    certificate_logo: str = _setting("", "a PNG or JPEG to stand at the head of certificates instead of the name")
    certificates_require_premium: bool = _setting(
        True, "whether certificates of courses that cost money wait for a premium account"
    )
    download_url: str = _setting("", "where people get the app; the server's page for browsers links to it")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR", among=("DEBUG", "INFO", "WARNING", "ERROR"))
    log_style: str = _setting("text", "text to read, or json: an object a line", among=("text", "json"))
    metrics_token: str = _setting(
        "", "what a monitor has to send for GET /metrics; nobody gets them without", secret=True
    )

    def __post_init__(self) -> None:
        for wrong in filter(None, (_wrong(each, getattr(self, each.name)) for each in fields(self))):
            raise wrong
        if (self.google_client_id or self.oidc_issuer) and not self.public_url:
            raise UserError("setting_needed", name="public_url")
        tiers_from(self.instructor_tiers)
        if self.mail_from and not _is_sender(self.mail_from):
            raise UserError("setting_invalid", name="mail_from", value=self.mail_from)


def load_settings(data: Path, environment: Mapping[str, str], **given: Any) -> Settings:
    """Read settings: defaults, then hub.toml, then LMS_HUB_..., then what the command line gave (None: nothing).

    Raises:
        UserError: `setting_unknown`, `setting_invalid`.
    """
    values, wrong = read_settings(data, environment, **given)
    if wrong:
        raise wrong[0]
    return Settings(**values)


def read_settings(data: Path, environment: Mapping[str, str], **given: Any) -> tuple[dict[str, Any], list[UserError]]:
    """What is set, and everything that is wrong with it, in the order of the sources."""
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, Any] = {}
    wrong: list[UserError] = []
    try:
        kept = _from_file(data / FILE)
    except UserError as error:
        kept = {}
        wrong.append(error)
    if secrets_set(kept) and exposed(data / FILE):
        wrong.append(UserError("settings_exposed", path=data / FILE))
    for source in (kept, _from_environment(environment), given):
        for name, value in source.items():
            try:
                if name not in known:
                    raise UserError("setting_unknown", name=name)
                if value is not None:
                    values[name] = _converted(known[name], value)
            except UserError as error:
                wrong.append(error)
    return values, wrong


def exposed(path: Path) -> bool:
    """Whether others on this computer may read or change a file; Windows keeps that elsewhere."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def secrets_set(values: Mapping[str, Any]) -> list[str]:
    """Names of the secrets among what is set."""
    return [f.name for f in fields(Settings) if f.metadata["secret"] and values.get(f.name)]


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError("setting_invalid", name=FILE, value=error) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    return {name[len(PREFIX) :].lower(): value for name, value in environment.items() if name.startswith(PREFIX)}


def _converted(setting: Field[Any], value: Any) -> Any:
    kind: type = type(setting.default)
    try:
        if kind is bool:
            return _truth(value)
        if kind is tuple:
            return tuple(p.strip() for p in value.split(",") if p.strip()) if isinstance(value, str) else tuple(value)
        if kind is int and isinstance(value, bool | float):
            raise ValueError(value)
        converted: Any = kind(value)
    except (ValueError, TypeError) as error:
        raise _invalid(setting, value) from error
    if wrong := _wrong(setting, converted):
        raise wrong
    return converted


def _wrong(setting: Field[Any], value: Any) -> UserError | None:
    """What is wrong with a value of the right kind."""
    least, most, among = (setting.metadata[name] for name in ("least", "most", "among"))
    bad = isinstance(value, int) and (value < least or (most is not None and value > most))
    return _invalid(setting, value) if bad or (among and value not in among) else None


def _invalid(setting: Field[Any], value: Any) -> UserError:
    return UserError("setting_invalid", name=setting.name, value="***" if setting.metadata["secret"] else value)


def _is_sender(value: str) -> bool:
    name, spec = parseaddr(value)
    try:
        return bool(Address(name, addr_spec=spec).domain)
    except (ValueError, IndexError, MessageError):
        return False


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() not in TRUE | FALSE:
        raise ValueError(value)
    return str(value).lower() in TRUE


def _default(setting: Field[Any]) -> str:
    return "" if setting.default in ("", ()) else f" ({setting.default!r})"


def described() -> str:
    """The list of all settings for `--help` and the documentation."""
    lines = [f"  {PREFIX}{f.name.upper():28} {f.metadata['help']}{_default(f)}" for f in fields(Settings)]
    return "\n".join(["settings (environment, or the lower-case name without prefix in hub.toml):", *lines])

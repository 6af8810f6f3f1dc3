"""PostgreSQL as the hub's database: isolation by purpose, its errors in our terms, locks that end by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from lms_core.errors import Busy, Corrupt, DiskFull, LmsError

CONNECTIONS, SPARE = 12, 4
LOCKS = 0x6C6D73
"""The first key of our advisory locks."""

WRITERS, PROJECTOR, SERVERS, JOBS = 1, 2, 3, 4
"""Who may write beside others, who runs what follows, who has the database open, and who does the jobs."""

_SESSION = "-c lock_timeout=30s -c idle_in_transaction_session_timeout=120s -c timezone=UTC"
ALIVE: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class Contended(Busy):
    """Others were in the way; the same again, from the start, comes through."""


def is_postgres(url: str) -> bool:
    """Whether a URL names a PostgreSQL database."""
    return url.startswith("postgresql")


def open_postgres(url: str | URL, *, connections: int = CONNECTIONS) -> Engine:
    """Open a pool of connections; the first is made when it is needed."""
    from lms_core.db.arrays import register  # a laptop has no driver for PostgreSQL

    register()
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=connections,
        max_overflow=SPARE,
        isolation_level="READ COMMITTED",
        connect_args={"options": _SESSION, "connect_timeout": 10, **ALIVE},
    )
    event.listen(engine, "handle_error", _on_error)
    return engine


def for_reading(conn: Connection) -> Connection:
    """Let the transaction to come read one moment."""
    return conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def limit_statements(conn: Connection, seconds: float) -> None:
    """Let no statement of this transaction take longer."""
    conn.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")


def _on_error(context: ExceptionContext) -> None:
    ours = translated(context.original_exception)
    if ours is not None:
        context.chained_exception = ours


def translated(error: BaseException) -> LmsError | None:
    """What the driver says of locks, disk and connection; None for what is none of these."""
    state = getattr(error, "sqlstate", None) or ""
    if state in ("40001", "40P01", "55P03"):
        return Contended()
    if state == "57014":
        return Busy("query_too_long")
    if state == "53100":
        return DiskFull()
    if state.startswith("XX00") and state != "XX000":
        return Corrupt(path="")
    gone = not state and type(error).__name__ in ("OperationalError", "ConnectionTimeout")
    return Busy("database_away") if gone or state.startswith(("08", "53", "57P")) else None


def is_taken(error: BaseException) -> bool:
    """Whether a key was there already that was not a moment ago."""
    original = getattr(error, "orig", error)
    return getattr(original, "sqlstate", None) == "23505"


# --- locks
_ALONE = text(f"SELECT pg_advisory_xact_lock({LOCKS}, {WRITERS})")
_BESIDE = text(
    f"SELECT pg_advisory_xact_lock_shared({LOCKS}, {WRITERS}), pg_advisory_xact_lock(hashtextextended(:key, 0))"
)


def lock_alone(conn: Connection) -> None:
    """Let no other transaction write until this one ends."""
    conn.execute(_ALONE)


def lock_beside(conn: Connection, key: str) -> None:
    """Write beside others, but none that has the same key."""
    conn.execute(_BESIDE, {"key": key})


def hold(conn: Connection, what: int, *, shared: bool = False, wait: bool = True) -> bool:
    """Take a lock that the connection keeps until it closes; returns whether it was free."""
    name = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    found = conn.execute(text(f"SELECT {name}{'_shared' if shared else ''}({LOCKS}, {what})")).scalar()
    return wait or bool(found)


@contextmanager
def one_at_a_time(engine: Engine, what: int) -> Iterator[bool]:
    """Wait for a turn that all processes share; whether it came before patience ended."""
    with engine.connect() as conn:
        conn = conn.execution_options(isolation_level="AUTOCOMMIT")
        try:
            hold(conn, what)
        except Contended:
            yield False
            return
        try:
            yield True
        finally:
            let_go(conn, what)


def let_go(conn: Connection, what: int) -> None:
    """Give such a lock back."""
    conn.execute(text(f"SELECT pg_advisory_unlock({LOCKS}, {what})"))


def let_all_go(conn: Connection) -> None:
    """Give back all that a connection holds, at once: as it closes, PostgreSQL does so only when it comes to notice."""
    if not conn.closed and not conn.invalidated:
        with suppress(LmsError, SQLAlchemyError):
            conn.execute(text("SELECT pg_advisory_unlock_all()"))

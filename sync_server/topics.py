"""Names under which a program may listen to a part of what it may read (RT-01, RT-02): each stands for scopes."""

from __future__ import annotations

from collections.abc import Collection

MOST = 64


def scopes_of(topic: str, account: str, readable: Collection[str]) -> frozenset[str]:
    """The readable scopes behind a topic; none for one that is unknown or somebody else's."""
    kind, _, name = topic.partition(":")
    match kind:
        case "course":
            return frozenset(s for s in readable if s in (f"draft/{name}", f"staff/{name}", f"talk/{name}"))
        case "chat":
            return frozenset(readable) & {f"talk/{name}"}
        case "notifications":
            return frozenset(readable) & ({f"account/{account}"} if name == account else set())
        case "assessment":  # results come to the student's account, and hand-ins to the staff of its course
            return frozenset(s for s in readable if s == f"account/{account}" or s.startswith("staff/"))
        case "instructor":
            return frozenset(s for s in readable if name == account and s.startswith(("draft/", "staff/")))
    return frozenset()

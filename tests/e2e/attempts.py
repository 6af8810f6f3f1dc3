"""How often somebody tried to reach a network."""

from __future__ import annotations

import os
from pathlib import Path


def attempts() -> int:
    """How often a connection was opened, or a datagram sent, or wanted to a place without a route, in this network.

    Where it is the machine's network (see `refusing`), how often one was refused.
    """
    if "LMS_REFUSED" in os.environ:
        return len(Path(os.environ["LMS_REFUSED"]).read_text().splitlines())
    counts: dict[str, list[list[str]]] = {}
    for line in Path("/proc/net/snmp").read_text().splitlines():
        kind, _, rest = line.partition(":")
        counts.setdefault(kind, []).append(rest.split())
    wanted = (("Ip", "OutNoRoutes"), ("Tcp", "ActiveOpens"), ("Udp", "OutDatagrams"))
    return sum(int(counts[kind][1][counts[kind][0].index(name)]) for kind, name in wanted)

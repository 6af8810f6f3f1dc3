"""What a process took: processor time and memory, as the system counts them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Watch:
    """Processor seconds since the watch began, and the most memory held since then."""

    def __init__(self, pid: int = 0) -> None:
        self._pid = pid or os.getpid()
        self._forget_peak()
        self._begun = self._cpu()

    @property
    def cpu_s(self) -> float:
        """Processor seconds of the process since the watch began."""
        return self._cpu() - self._begun

    @property
    def peak_mb(self) -> float:
        """The most memory it held since the watch began."""
        return self._memory("VmHWM")

    @property
    def now_mb(self) -> float:
        """The memory it holds."""
        return self._memory("VmRSS")

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self._pid}/stat")
        if not fields.exists():
            raise RuntimeError("processor time of another process is known on Linux alone")
        after_name = fields.read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / TICKS

    def _memory(self, name: str) -> float:
        with Path(f"/proc/{self._pid}/status").open() as status:
            return next(int(row.split()[1]) / 1024 for row in status if row.startswith(name))

    def _forget_peak(self) -> None:
        """Begin counting the peak anew; where the system does not allow it, it counts from the start."""
        try:
            Path(f"/proc/{self._pid}/clear_refs").write_text("5")
        except OSError:
            print("peak memory counts from the start of the process", file=sys.stderr)

"""Play random histories: `python -m tests.simulator --seeds 200`."""

from __future__ import annotations

from tests.simulator.run import main

main()

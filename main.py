"""Start the desktop app: `python main.py`."""

from __future__ import annotations

import sys

from desktop_lms.start import main

if __name__ == "__main__":
    sys.exit(main())

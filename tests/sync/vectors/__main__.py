"""Write the test vectors anew: `python -m tests.sync.vectors`. What they mean stands in docs/sync-protocol.md."""

from __future__ import annotations

from tests.sync.vectors.form import FOLDER, text_of
from tests.sync.vectors.made import FILES

for name, make in FILES.items():
    (FOLDER / name).write_text(text_of(make()), encoding="utf-8")

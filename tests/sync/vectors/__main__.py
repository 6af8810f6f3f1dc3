"""Write the test vectors and the list of entities anew: `python -m tests.sync.vectors`. What they mean stands in docs/sync-protocol.md."""

from __future__ import annotations

from tests.sync.vectors.entities import DOCUMENT, document
from tests.sync.vectors.form import FOLDER, text_of
from tests.sync.vectors.made import FILES

for name, make in FILES.items():
    (FOLDER / name).write_text(text_of(make()), encoding="utf-8")
DOCUMENT.write_text(document(), encoding="utf-8")

"""Text for benchmarks: made-up words as unevenly common as in a language."""

from __future__ import annotations

import random

LETTERS = "etaoinshrdlucmfwypvbgkqjxz"


def words(chance: random.Random, count: int) -> list[str]:
    """So many words out of 20,000."""
    lexicon = [
        "".join(chance.choices(LETTERS, weights=range(26, 0, -1), k=chance.randint(3, 10))) for _ in range(20_000)
    ]
    weights = [1 / (n + 1) for n in range(len(lexicon))]
    return chance.choices(lexicon, weights, k=count)

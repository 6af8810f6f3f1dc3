"""How one likes to watch videos."""

"""The laptop's side: one reply, what it changes, and when to ask again."""

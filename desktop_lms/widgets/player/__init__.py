"""A player of videos and sounds with captions of our own; it knows no domain."""

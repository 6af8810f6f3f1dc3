"""Videos and sounds of a lesson."""

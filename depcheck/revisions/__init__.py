"""Revisions of a git repository: their files read, the lines that a change touches."""

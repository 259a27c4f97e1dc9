"""Choosing releases, and proving when there is no choice (design: decision 1)."""

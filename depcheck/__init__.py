"""depcheck: can the components live together, before the deploy."""

__version__ = "0.1.0"

"""A digest as one self-contained page."""

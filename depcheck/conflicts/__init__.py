"""Why components cannot live together, what would heal it, and what moves."""

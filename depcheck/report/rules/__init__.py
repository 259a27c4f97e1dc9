"""The rules, told: the page of the documentation, the terminal, JSON."""

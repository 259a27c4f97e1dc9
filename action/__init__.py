"""What the GitHub Action does, step by step. Standard library only: it installs the rest."""

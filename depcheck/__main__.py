"""``python -m depcheck``."""

from depcheck.cli import main

if __name__ == "__main__":
    main()

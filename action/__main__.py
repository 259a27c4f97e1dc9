"""``python -I -X utf8 action STEP``: one step of the action (``action.yml``).

Isolated (``-I``), Python looks for modules neither in the working folder nor where variables
point, so that nothing in the repository that is checked can stand in for them. What it prints
is UTF-8 on Windows too (``-X utf8``).
"""

import sys

# Read by any Python 3, so that one that is too old gets a sentence and no traceback.
if sys.version_info < (3, 11):  # noqa: UP036  # this file is read by older ones
    print("::error title=depcheck::Python 3.11 or later is needed to run depcheck. Set the "
          "input python-version, such as 3.13.")  # fmt: skip
    sys.exit(2)

from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from action.main import main  # noqa: E402  # the way to it was laid just above

sys.exit(main(sys.argv[1:]))

"""``python -m vcam``."""

import sys

from vcam.cli import main

if __name__ == "__main__":
    sys.exit(main())

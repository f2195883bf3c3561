"""The program as the next version of it would start, with a browser bundle of its own:

    python -m tests.browser.other_build DIST run …
"""

import sys
from pathlib import Path

import app
from callbacks import build

if __name__ == "__main__":
    build.DIST = Path(sys.argv[1])
    sys.exit(app.main(sys.argv[2:]))

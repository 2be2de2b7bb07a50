import sys

# They start vcam and read what Windows' own programs would.  tests/wine runs them, and the
# rest of the suite, on Linux.
collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]

#!/usr/bin/env python3
"""Django's command line; on one machine it brings the embedded servers that a command needs."""

import os
import sys


def main() -> int:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jcm.settings")
    try:
        from jcm.local import command  # noqa: PLC0415 - a missing environment is said in a sentence
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed here: run `python3 run.py install` first.", file=sys.stderr)
        return 1
    return command.run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())

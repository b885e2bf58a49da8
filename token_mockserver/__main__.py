"""The command: `token-mockserver` and `python -m token_mockserver`."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command that the arguments name, and exit."""
    try:
        # Not above: a Ctrl-C while modules are loaded would be a traceback there.
        from mockserver.cli import main as run_command  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.exit(130)
    run_command()


if __name__ == "__main__":
    main()

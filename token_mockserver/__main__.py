"""The command: `token-mockserver` and `python -m token_mockserver`."""

from mockserver.cli import main

if __name__ == "__main__":
    main()

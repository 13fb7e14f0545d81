"""``python -m zollverein``: the command line."""

from zollverein.cli import main

if __name__ == "__main__":
    main()

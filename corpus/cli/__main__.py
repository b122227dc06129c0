"""``python -m corpus.cli``: the same as ``corpus``."""

from corpus.cli import main

main()

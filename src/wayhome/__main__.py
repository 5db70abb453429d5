"""``python -m wayhome``."""

from wayhome.cli import main

main()

"""``python -m voting`` is the same as ``voting``."""

from voting.app import main

main(prog_name="voting")

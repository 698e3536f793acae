"""One module per command of the `voting` program."""

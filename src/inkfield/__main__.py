"""`python -m inkfield`: the command line, as `inkfield` is."""

from inkfield.flows.commands.cli import main

main()

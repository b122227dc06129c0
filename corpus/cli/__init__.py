"""The command line: the only room that prints, draws progress, or turns an error into an exit code."""

"""From the server to the files: what changed there, whose it is, and what counts."""

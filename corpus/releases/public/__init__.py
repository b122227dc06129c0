"""The public edition: what may be passed on, and nothing that repeats what may not."""

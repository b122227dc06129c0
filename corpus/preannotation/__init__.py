"""Machine proposals for annotators: always predictions, never annotations."""

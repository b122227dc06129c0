"""The full edition from a public one and the raw files."""

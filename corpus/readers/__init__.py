"""Sources to anchor texts: files and records, decoded once, each repair recorded."""

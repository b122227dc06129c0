"""Which documents tell the same: near-duplicates by MinHash, and stories, which are articles on one event."""

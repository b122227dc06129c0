"""The nouns: frozen, without I/O. Every schema is derived from what stands here."""

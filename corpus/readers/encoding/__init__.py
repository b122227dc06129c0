"""Bytes to text: decoded once, repaired where deletion cannot help, every repair recorded."""

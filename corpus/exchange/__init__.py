"""Annotations from and to the formats of other tools, each with a report of what the format does not hold."""

"""Annotation sets on disk: reading, writing, history, placing in fields, scheme checks."""

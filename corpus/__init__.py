"""Raw news text to cleaned, described, annotated and versioned datasets."""

__version__ = "0.1.0"

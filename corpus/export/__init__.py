"""Parquet, Hugging Face dataset cards and JSON Schemas, written and read back."""

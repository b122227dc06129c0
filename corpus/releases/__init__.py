"""Versioned, reproducible releases of a built dataset, and their verification."""

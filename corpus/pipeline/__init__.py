"""Wiring: read, clean, describe, place annotations, write."""

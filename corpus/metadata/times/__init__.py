"""Dates and times as pages and programs write them, as precise as they are written."""

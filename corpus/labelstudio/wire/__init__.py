"""The way to a server: requests that may be repeated, answers that are checked, one sentence for each failure."""

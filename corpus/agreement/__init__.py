"""Inter-annotator agreement: arrays in, numbers out; knows no document, no scheme and no file."""

"""What a dataset is held against: files, card, columns, rows, spans, origins."""

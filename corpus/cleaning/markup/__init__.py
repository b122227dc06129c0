"""What a page's markup says of its lines: features, a small model of them, and the verdict on each line."""

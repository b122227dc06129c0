"""Which rules' patterns match which lines: literals first, a pattern only where what it needs stands."""

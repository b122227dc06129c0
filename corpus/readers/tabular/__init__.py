"""Records of tables and lines: CSV, TSV, JSON Lines, Parquet."""

"""The difference of two datasets: rows by key, columns, labels, scheme, and the version step it asks for."""

"""Which lines a site's documents share: counted in bounded memory, and grown by newer counts."""

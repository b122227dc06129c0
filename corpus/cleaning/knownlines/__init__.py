"""Lines that a site's documents share: counted by a command of its own, used as a frozen input."""

"""Files: replaced atomically, held while in use, hashed, and the project's own data files found."""

from corpus.files.hashes import sha256_bytes, sha256_file
from corpus.files.held import clear_leftovers, scratch_directory
from corpus.files.ours import package_text, schema_text
from corpus.files.replacing import atomic_directory, atomic_write, check_place
from corpus.files.writers import in_turn, only_writer

__all__ = [
    "atomic_directory",
    "atomic_write",
    "check_place",
    "clear_leftovers",
    "in_turn",
    "only_writer",
    "package_text",
    "schema_text",
    "scratch_directory",
    "sha256_bytes",
    "sha256_file",
]

"""Archives (zip, tar) as folders: their members are listed, checked and unpacked; nothing in them is trusted."""

from __future__ import annotations

from corpus.readers.packed.archive import Archive, MemberOrigin, open_archive
from corpus.readers.packed.contents import UNREAD_MEMBERS, Trouble
from corpus.readers.packed.rewriting import check_kept, rewrite, why_fixed

__all__ = [
    "UNREAD_MEMBERS",
    "Archive",
    "MemberOrigin",
    "Trouble",
    "check_kept",
    "open_archive",
    "rewrite",
    "why_fixed",
]

"""Web archives to pages: captures with HTML, cut out of damaged files as far as they are sound."""

from __future__ import annotations

from corpus.readers.warc.captures import Capture, read_captures

__all__ = ["Capture", "read_captures"]

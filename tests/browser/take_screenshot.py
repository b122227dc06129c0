"""Draw the picture of the annotation screen that the documents show.

Usage: python tests/browser/take_screenshot.py BUILD_DIR PICTURE.png

A server of its own is started on fresh data, the build's first suitable document is pushed with the rules'
predictions, and the picture shows them with one claim selected. Nothing of the project is changed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotation_screen import AnnotationScreen, browser_page, logged_in
from find_browser import find_browser

from corpus.export.store import BuiltDataset
from corpus.labelstudio.client import connect
from corpus.labelstudio.documents import ListedDocuments
from corpus.labelstudio.ledger import Ledger
from corpus.labelstudio.listing import list_tasks
from corpus.labelstudio.server import LocalServer
from corpus.labelstudio.sync import Material, push
from corpus.model.document import Document
from corpus.preannotation.protocol import Prediction
from corpus.preannotation.quotes import QuotationRules

SIZE = (1400, 1000)


@contextmanager
def fresh_server(folder: Path) -> Iterator[LocalServer]:
    """Run a server on new data while the block runs."""
    server = LocalServer(folder / "server")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def best_of(documents: list[Document]) -> Document:
    """Return the document with most claims near its beginning: they are what the picture is to show."""
    predictions = QuotationRules().annotate(documents)
    shown = [sum(c.spans[0].start < 1200 for c in p.claims if c.source_ids) for p in predictions]
    return documents[shown.index(max(shown))]


def pushed(server: LocalServer, build: Path, folder: Path) -> tuple[int, int, str]:
    """Push one document with its predictions; return its project, its task, and a word to click on."""
    dataset = BuiltDataset.open(build)
    document = best_of(list(dataset.documents()))
    predictions = QuotationRules().annotate([document])
    documents = ListedDocuments([document])
    material = Material(dataset.manifest.name, dataset.scheme, documents, folder / "annotations", QuotationRules())
    with connect(str(server.status().url), server.credentials().token) as client:
        report = push(client, material, Ledger.open(folder / "ledger"))
        task = next(list_tasks(client, report.project, whole=False))
    return report.project, task.id, word_of_a_claim(document, predictions[0])


def word_of_a_claim(document: Document, prediction: Prediction) -> str:
    """Return a word that stands once in what annotators see, in a direct claim and in no other region."""
    text = document.reading().text
    others = " ".join(s.exact for e in (*prediction.entities, *prediction.sources) for s in e.spans)
    for claim in prediction.claims:
        if claim.attributes.get("speech") == "direct" and claim.source_ids:
            for word in claim.spans[0].exact.split():
                if len(word) > 5 and word.isalpha() and text.count(word) == 1 and word not in others:
                    return word
    sys.exit(f"No claim of {document.doc_id} can be clicked on: choose another build.")


def prepare(screen: AnnotationScreen, word: str) -> None:
    """Select a claim, so that its panel shows, and take the mouse away."""
    page = screen.page
    screen.wait_for(10)
    screen.click_on(word)
    page.get_by_text("How is it said?").wait_for()
    page.mouse.move(5, SIZE[1] - 5)
    page.wait_for_timeout(1500)


def main(build: Path, picture: Path) -> None:
    """Take the picture."""
    browser = find_browser()
    if browser is None:
        sys.exit("There is no browser: run `make browser`.")
    with tempfile.TemporaryDirectory() as name, fresh_server(Path(name)) as server:
        project, task, word = pushed(server, build, Path(name))
        with browser_page(browser, *SIZE) as page:
            screen = logged_in(page, server)
            screen.open(project, task)
            prepare(screen, word)
            picture.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=picture)
    print(f"wrote {picture}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Draw the pictures of Label Studio that the documents show.

Usage: python tests/browser/take_screenshot.py BUILD_DIR FOLDER

A server of its own is started on fresh data and the build's documents are pushed with the rules' predictions.
`label-studio.png` shows the annotation screen with one claim selected, `label-studio-team.png` the list of
articles with a tab for each annotator, `label-studio-sign-up.png` what an invited person meets. Nothing of the
project is changed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "labelstudio"))

from annotation_screen import AnnotationScreen, browser_page, logged_in
from find_browser import find_browser
from labelstudio_people import annotate, sign_up_person

from corpus.export.store import BuiltDataset
from corpus.labelstudio.documents import ListedDocuments
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.sync import Material, push
from corpus.labelstudio.team import assign, invitation, set_overlap
from corpus.labelstudio.wire.client import Client, connect
from corpus.labelstudio.wire.listing import list_tasks
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


def pushed(client: Client, build: Path, folder: Path) -> tuple[int, int, str]:
    """Push the documents with their predictions; return the project, the best task, and a word to click on."""
    dataset = BuiltDataset.open(build)
    documents = list(dataset.documents())
    best = best_of(documents)
    material = Material(
        dataset.manifest.name, dataset.scheme, ListedDocuments(documents), folder / "annotations", QuotationRules()
    )
    with Ledger.open(folder / "ledger") as ledger:
        report = push(client, material, ledger)
    task = next(t for t in list_tasks(client, report.project, whole=False) if t.doc_id == best.doc_id)
    return report.project, task.id, word_of_a_claim(best, QuotationRules().annotate([best])[0])


def staffed(client: Client, project: int) -> None:
    """Let two people sign up, share the articles out among them, and let one of them finish some."""
    ada, bo = (sign_up_person(client, name) for name in ("ada", "bo"))
    tasks = {str(task.doc_id): task.id for task in list_tasks(client, project, whole=False)}
    names = sorted(tasks)
    set_overlap(client, project, 2)
    assign(client, project, {ada.email: names[:3], bo.email: names[2:]})
    for name in names[:2]:
        annotate(ada, tasks[name], [])


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


def main(build: Path, pictures: Path) -> None:
    """Take the pictures."""
    browser = find_browser()
    if browser is None:
        sys.exit("There is no browser: run `make browser`.")
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, fresh_server(Path(name)) as server:
        url = str(server.status().url)
        with connect(url, server.credentials().token) as client, browser_page(browser, *SIZE) as page:
            project, task, word = pushed(client, build, Path(name))
            page.set_viewport_size({"width": 1000, "height": 620})
            page.goto(invitation(client))
            page.get_by_role("button", name="Create Account").wait_for()
            page.screenshot(path=pictures / "label-studio-sign-up.png")
            page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
            screen = logged_in(page, server)
            screen.open(project, task)
            prepare(screen, word)
            page.screenshot(path=pictures / "label-studio.png")
            staffed(client, project)
            page.set_viewport_size({"width": SIZE[0], "height": 560})
            page.goto(f"{url}/projects/{project}/data")
            page.get_by_text("for ada-").first.click()
            page.wait_for_timeout(3000)
            page.screenshot(path=pictures / "label-studio-team.png")
    print(f"wrote {', '.join(sorted(path.name for path in pictures.glob('label-studio*.png')))}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))

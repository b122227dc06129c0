"""The annotation screen as a person meets it: log in, open a task, drag the mouse, press keys, submit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, TimeoutError, sync_playwright

from corpus.labelstudio.local.server import LocalServer

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TEXT = ".lsf-richtext__container"

# The middle of the first and last line of the words, at their outer edges: where a hand would put the mouse.
_EDGES = """([root, words]) => {
  const walker = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT);
  const nodes = []; let text = "";
  while (walker.nextNode()) { nodes.push([text.length, walker.currentNode]); text += walker.currentNode.data; }
  const at = text.indexOf(words);
  if (at < 0) return null;
  const point = (offset, isEnd) => {
    const [start, node] = nodes.findLast(([s]) => isEnd ? s < offset : s <= offset);
    const range = document.createRange();
    const local = offset - start;
    const size = (i) => node.data.codePointAt(i) > 0xffff ? 2 : 1;
    if (isEnd) { let i = local - 1; if (i > 0 && /[\\uDC00-\\uDFFF]/.test(node.data[i])) i--;
      range.setStart(node, i); range.setEnd(node, local); }
    else { range.setStart(node, local); range.setEnd(node, local + size(local)); }
    const box = range.getBoundingClientRect();
    const rtl = /[\\u0590-\\u08FF]/.test(range.toString());
    const x = (isEnd !== rtl) ? box.right - 0.5 : box.left + 0.5;
    return [x, box.top + box.height / 2];
  };
  return [...point(at, false), ...point(at + words.length, true)];
}"""

# The screen builds the text anew once or twice while it loads: it is ready when the same one stays.
_SETTLED = """(css) => {
  const node = document.querySelector(css);
  const now = node && node.textContent ? node : null;
  if (window.lastNode !== now) { window.lastNode = now; window.lastChange = performance.now(); }
  return now !== null && performance.now() - window.lastChange > 800;
}"""

_DRAWN = "new Set([...document.querySelectorAll('.htx-highlight[data-index]')].map(e => e.dataset.index)).size"
_SEEN = """() => ({
  drawn: [...document.querySelectorAll('.htx-highlight')].map(e => `${e.dataset.label} ${e.textContent}`),
  page: document.body.innerText.slice(0, 2000),
})"""


class AnnotationScreen:
    """A browser page that is logged in to the server; ``text`` is where what is annotated stands."""

    def __init__(self, page: Page, url: str, executable: str = "", text: str = TEXT) -> None:
        self.page, self.url, self.executable, self.text = page, url, executable, text

    def log_in(self, email: str, password: str) -> None:
        """Log in through the form."""
        self.page.goto(f"{self.url}/user/login/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/user/login" not in url)

    def open(self, project: int, task: int, regions: int = 0) -> None:
        """Open a task and wait until it can be annotated, and until that many regions are drawn.

        It is opened once more if they are not: a page that loaded and drew too few of them was seen once, for no
        reason that slow answers or a slow machine bring back.
        """
        self._load(project, task)
        if regions:
            try:
                self.wait_for(regions)
            except AssertionError as error:
                print(f"opened once more: {error}")
                self._load(project, task)
                self.wait_for(regions)

    def _load(self, project: int, task: int) -> None:
        self.page.goto(f"{self.url}/projects/{project}/data?task={task}")
        self.page.wait_for_selector(self.text)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(_SETTLED, arg=self.text, polling=100)
        buttons = self.page.get_by_role("button")
        buttons.filter(has_text="Submit").or_(buttons.filter(has_text="Update")).first.wait_for()

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def drag_over(self, words: str, last: str | None = None) -> None:
        """Drag the mouse over the first occurrence of the words (to ``last``), from first letter to last."""
        edges = self._edges(words)[:2] + self._edges(last or words)[2:]
        mouse = self.page.mouse
        mouse.move(edges[0], edges[1])
        mouse.down()
        mouse.move((edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2, steps=4)
        mouse.move(edges[2], edges[3], steps=6)
        mouse.up()

    def _edges(self, words: str) -> list[float]:
        edges: list[float] | None = self.page.evaluate(_EDGES, [self.text, words])
        assert edges is not None, f"the screen does not show {words!r}"
        return edges

    def click_on(self, word: str) -> None:
        """Click on the middle of the first occurrence of a word that stands on one line."""
        edges = self._edges(word)
        self.page.mouse.click((edges[0] + edges[2]) / 2, edges[1])

    def mark(self, key: str, words: str) -> None:
        """Choose a label by its key and drag over the words; wait until the region is there."""
        count = self.count()
        self.press(key)
        self.drag_over(words)
        self.wait_for(count + 1)

    def count(self) -> int:
        """Return how many regions are drawn in the text (the list at the side shows only some of many)."""
        return int(self.page.evaluate(f"() => {_DRAWN}"))

    def wait_for(self, count: int) -> None:
        """Wait until that many regions are drawn; the error says what is seen instead."""
        try:
            self.page.wait_for_function(f"(n) => {_DRAWN} >= n", arg=count, polling=100, timeout=60_000)
        except TimeoutError as error:
            raise AssertionError(f"{count} regions expected, seen: {self.page.evaluate(_SEEN)}") from error

    def select(self, label: str) -> None:
        """Select the first region of a label in the list at the side."""
        self.page.locator(".lsf-outliner-item").filter(has_text=label).first.click()

    def submit(self) -> None:
        """Submit, and wait for the server's answer."""
        with self.page.expect_response(
            lambda r: "/annotations" in r.url and r.request.method in ("POST", "PATCH") and r.ok
        ):
            self.press("Control+Enter")


@contextmanager
def browser_page(executable: str, width: int = 1400, height: int = 1000) -> Iterator[Page]:
    """Open a page of a real browser, headless; the browser ends with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=ARGUMENTS)
        try:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(30_000)
            yield page
        finally:
            browser.close()


def logged_in(page: Page, server: LocalServer, executable: str = "") -> AnnotationScreen:
    """Log the server's first user in."""
    screen = AnnotationScreen(page, str(server.status().url), executable)
    credentials = server.credentials()
    screen.log_in(credentials.username, credentials.password)
    return screen

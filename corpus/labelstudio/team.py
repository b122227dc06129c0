"""The people of a project: their way in, how many see each article, and which articles are whose.

The free edition has no assignments. What it has are tabs, which all annotators see and which "Label All Tasks"
follows: so an assignment list is a tab that shows one person's articles. The tab filters by a regular
expression, since a filter by list, which the server takes too, keeps its own screen from opening.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from corpus.errors import ServerError, UsageError
from corpus.labelstudio.wire.client import Client, is_id, records

__all__ = ["assign", "assignments", "invitation", "set_overlap"]

_FIELD = "filter:tasks:data.doc_id"
_TITLE = "for "
_EVERYTHING = "All articles"
_HIDDEN = [
    f"tasks:{name}"
    for name in (
        *("inner_id", "annotations_results", "annotations_ids", "predictions_score", "predictions_model_versions"),
        *("predictions_results", "file_upload", "storage_filename", "created_at", "updated_at", "updated_by"),
        *("avg_lead_time", "draft_exists", "cancelled_annotations", "total_predictions"),
        *("data.text_sha256", "data.anchor_sha256", "data.segments", "data.scheme", "data.scheme_version"),
        *("data.about", "data.authors", "data.text"),
    )
]
"""Columns that tell an annotator nothing."""
_PATTERN = re.compile(r"\^\(\?:(?P<names>.*)\)\$", re.DOTALL)


def invitation(client: Client, *, renew: bool = False) -> str:
    """Return the address where a new annotator signs up; ``renew`` makes the old one invalid.

    Whoever knows it can join: pass it on like a key, and renew it when all are in.

    Raises:
        ServerError: the server gives none (the key's owner must be the organisation's).
    """
    answer = client.send("POST", "/api/invite/reset-token") if renew else client.get("/api/invite")
    link = answer.get("invite_url") if isinstance(answer, dict) else None
    if not isinstance(link, str) or not link:
        raise ServerError(f"{client.url} gave no sign-up link: only its first user's key can ask for it.")
    if urlsplit(link).scheme:
        return link
    prefix = urlsplit(client.url).path.rstrip("/")
    return urljoin(client.url, link if not prefix or link.startswith(f"{prefix}/") else prefix + link)


def set_overlap(client: Client, project: int, annotators: int) -> None:
    """Let each article be annotated by so many people, those articles too that are there already.

    Raises:
        UsageError: fewer than one.
    """
    if annotators < 1:
        raise UsageError(f"Each article needs at least one annotator, got {annotators}.")
    body = {"maximum_annotations": annotators, "overlap_cohort_percentage": 100}
    client.send("PATCH", f"/api/projects/{project}/", body, repeatable=True)


def assign(client: Client, project: int, lists: Mapping[str, Sequence[str]]) -> None:
    """Make each person's tab show these documents and no others; an empty list removes the tab.

    ``lists`` is ``doc_id``s by e-mail address, whose case does not matter. Asking again for the same
    changes nothing; other people's tabs stay as they are. Of people who were removed a tab can still be taken away.

    Raises:
        UsageError: an address that is to get documents belongs to no user of the server.
    """
    known = {email.casefold() for email in client.users().values()}
    views = _views(client, project)
    removed = {_owner(view) for view in views} - known
    strangers = sorted(
        email
        for email, own in lists.items()
        if email.casefold() not in known and (own or email.casefold() not in removed)
    )
    if strangers:
        raise UsageError(
            f"{strangers[0]} has no account on {client.url}: invite them (corpus labelstudio team invite)."
        )
    if not views:
        _make(client, project, _EVERYTHING, None)
    wanted: dict[str, set[str]] = defaultdict(set)
    for email, doc_ids in lists.items():
        wanted[email.casefold()].update(doc_ids)
    for person, own in wanted.items():
        _replace(client, project, person, [view for view in views if _owner(view) == person], sorted(own))


def assignments(client: Client, project: int) -> dict[str, tuple[str, ...]]:
    """Return each person's documents by e-mail address, as their tab on the server shows them."""
    found = {}
    for view in _views(client, project):
        owner, doc_ids = _owner(view), _documents(view)
        if owner is not None and doc_ids is not None:
            found[owner] = doc_ids
    return dict(sorted(found.items()))


def _replace(
    client: Client, project: int, person: str, mine: Sequence[dict[str, Any]], doc_ids: Sequence[str]
) -> None:
    """Make the new tab before the old one goes, so that a cut in between costs nobody their list."""
    kept = next((view for view in mine if _documents(view) == tuple(doc_ids)), None)
    if kept is None and doc_ids:
        _make(client, project, f"{_TITLE}{person}", doc_ids)
    for view in mine:
        if view is not kept:
            client.send("DELETE", f"/api/dm/views/{view['id']}/")


def _make(client: Client, project: int, title: str, doc_ids: Sequence[str] | None) -> None:
    filters = {"conjunction": "and", "items": [] if doc_ids is None else [_filter(doc_ids)]}
    hidden = {"explore": _HIDDEN, "labeling": _HIDDEN}
    data = {"title": title, "filters": filters, "hiddenColumns": hidden}
    client.send("POST", "/api/dm/views/", {"project": project, "data": data})


def _filter(doc_ids: Iterable[str]) -> dict[str, str]:
    pattern = f"^(?:{'|'.join(map(re.escape, doc_ids))})$"
    return {"filter": _FIELD, "operator": "regex", "type": "String", "value": pattern}


def _views(client: Client, project: int) -> list[dict[str, Any]]:
    return [view for view in records(client.get("/api/dm/views/", project=project)) if is_id(view.get("id"))]


def _owner(view: Mapping[str, Any]) -> str | None:
    data = view.get("data")
    title = data.get("title") if isinstance(data, dict) else None
    is_ours = isinstance(title, str) and title.startswith(_TITLE) and _documents(view) is not None
    return title.removeprefix(_TITLE).casefold() if is_ours and isinstance(title, str) else None


def _documents(view: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the documents that a tab of ours shows, None for another tab."""
    try:
        (only,) = view["data"]["filters"]["items"]
        pattern = _PATTERN.fullmatch(only["value"]) if only["filter"] == _FIELD else None
    except (KeyError, TypeError, ValueError):
        return None
    return None if pattern is None else tuple(_alternatives(pattern["names"]))


def _alternatives(names: str) -> Iterator[str]:
    """Yield what ``re.escape`` made the alternatives of."""
    for escaped in re.findall(r"(?:[^\\|]|\\.)+", names, re.DOTALL):
        yield re.sub(r"\\(.)", r"\1", escaped, flags=re.DOTALL)

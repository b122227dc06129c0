"""News items as agencies send them, made for the tests: ninjs in three versions, NITF with its notices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus.model.document import RawDocument

BODY = (
    "AHLEN, April 8 (Nord) - The harbour of Ahlen reopened on Monday after a week of storms.\n\nFerries run again."
)


def ninjs(uri: str, version: int | str | None = 1, **fields: Any) -> str:
    """Return a ninjs 1 item."""
    item: dict[str, Any] = {
        "uri": uri,
        "type": "text",
        "versioncreated": "2021-04-08T10:00:00Z",
        "pubstatus": "usable",
        "headline": "Harbour of Ahlen reopens",
        "byline": "By Mara Lind and Jo Berg, Nord",
        "body_text": BODY,
    }
    if version is not None:
        item["version"] = str(version)
    return json.dumps(item | fields)


def nitf(
    key: str = "",
    version: int | None = None,
    *,
    doc_id: str = "",
    docdata: str = "",
    attributes: str = "",
    text: str = "The harbour of Ahlen reopened on Monday.",
    date: str = "20210408T100000Z",
) -> str:
    """Return a NITF document."""
    numbered = "" if version is None else f' version="{version}"'
    identity = f'<du-key key="{key}"{numbered}/>' if key else ""
    identity += f'<doc-id regsrc="nord" id-string="{doc_id}"/>' if doc_id else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">
<nitf>
 <head><title>An ignored title</title>
  <docdata {attributes}>{identity}<date.issue norm="{date}"/><urgency ed-urg="4"/>
   <doc.copyright holder="Nord" year="2021"/><key-list><keyword key="harbours"/></key-list>{docdata}</docdata>
  <pubdata name="The Nord Wire" type="print"/></head>
 <body xml:lang="en">
  <body.head>
   <hedline><hl1>Harbour of Ahlen &amp; its ferries</hl1><hl2>After a week of storms</hl2></hedline>
   <byline>By <person>Mara Lind</person></byline><distributor>Nord</distributor>
   <dateline><location>AHLEN</location></dateline><abstract><p>In short.</p></abstract>
  </body.head>
  <body.content>
   <block><p>{text}</p><hl2>Ferries</hl2><p>Ferries run <em>again</em>.</p></block>
   <media media-type="image"><media-metadata name="x" value="y"/><media-reference source="a.jpg"/>
    <media-caption>The pier at Ahlen.</media-caption><media-producer>Jo Berg/Nord</media-producer></media>
   <ul><li>One line</li><li>Two lines</li></ul>
   <table><tr><td>Monday</td><td>8 boats</td></tr></table>
  </body.content>
 </body>
</nitf>
"""


def known(document: RawDocument) -> dict[str, object]:
    return {value.column: value.value for value in document.known}


def folder(tmp_path: Path, **files: str) -> Path:
    """A folder of files; "__" in a name stands for the dot."""
    here = tmp_path / "wire"
    here.mkdir(exist_ok=True)
    for name, text in files.items():
        (here / name.replace("__", ".")).write_text(text, "utf-8")
    return here

"""What INCEpTION and WebAnno export: a type system, documents of it, and the archives they come in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from corpus.exchange.cas import FORMAT
from corpus.exchange.standoff import Standoff
from corpus.model.finding import Finding

TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>
  <typeDescription><name>de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData</name><description/>
    <supertypeName>uima.tcas.DocumentAnnotation</supertypeName><features>
      <featureDescription><name>documentTitle</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
      <featureDescription><name>documentId</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
    </features></typeDescription>
  <typeDescription><name>de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token</name><description/>
    <supertypeName>uima.tcas.Annotation</supertypeName></typeDescription>
  <typeDescription><name>de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity</name><description/>
    <supertypeName>uima.tcas.Annotation</supertypeName><features>
      <featureDescription><name>value</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
      <featureDescription><name>identifier</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
    </features></typeDescription>
  <typeDescription><name>webanno.custom.Claim</name><description/>
    <supertypeName>uima.tcas.Annotation</supertypeName><features>
      <featureDescription><name>speech</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
      <featureDescription><name>hedged</name><rangeTypeName>uima.cas.Boolean</rangeTypeName></featureDescription>
      <featureDescription><name>negated</name><rangeTypeName>uima.cas.Boolean</rangeTypeName></featureDescription>
      <featureDescription><name>weight</name><rangeTypeName>uima.cas.Integer</rangeTypeName></featureDescription>
      <featureDescription><name>topics</name><rangeTypeName>uima.cas.StringArray</rangeTypeName></featureDescription>
      <featureDescription><name>comment</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
      <featureDescription><name>note</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
      <featureDescription><name>speakers</name><rangeTypeName>uima.cas.FSArray</rangeTypeName>
        <elementType>webanno.custom.ClaimSpeakersLink</elementType></featureDescription>
    </features></typeDescription>
  <typeDescription><name>webanno.custom.ClaimSpeakersLink</name><description/>
    <supertypeName>uima.cas.TOP</supertypeName><features>
      <featureDescription><name>role</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
      <featureDescription><name>target</name><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription>
    </features></typeDescription>
  <typeDescription><name>webanno.custom.Tie</name><description/>
    <supertypeName>uima.tcas.Annotation</supertypeName><features>
      <featureDescription><name>Dependent</name><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription>
      <featureDescription><name>Governor</name><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription>
      <featureDescription><name>label</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
    </features></typeDescription>
  <typeDescription><name>webanno.custom.Continues</name><description/>
    <supertypeName>uima.tcas.Annotation</supertypeName><features>
      <featureDescription><name>Dependent</name><rangeTypeName>webanno.custom.Claim</rangeTypeName></featureDescription>
      <featureDescription><name>Governor</name><rangeTypeName>webanno.custom.Claim</rangeTypeName></featureDescription>
    </features></typeDescription>
</types></typeSystemDescription>
"""
TEXT = "Li 👩 met Bo.\nThey may go, she said."
"""Its fourth character is two UTF-16 units; here are the units at which its words begin."""
ENTITIES = """
<type:NamedEntity xmi:id="10" sofa="1" begin="0" end="2" value="PER" identifier="http://www.wikidata.org/entity/Q7"/>
<type:NamedEntity xmi:id="11" sofa="1" begin="10" end="12" value="PER" identifier="urn:bo"/>
<type:NamedEntity xmi:id="12" sofa="1" begin="3" end="5"/>"""
CLAIMS = """
<custom:Claim xmi:id="20" sofa="1" begin="14" end="25" speech="indirect" hedged="true" negated="false" weight="3"
  note="sure?" speakers="25"><topics>going</topics><topics>to go</topics></custom:Claim>
<custom:ClaimSpeakersLink xmi:id="25" role="who" target="10"/>
<custom:Claim xmi:id="21" sofa="1" begin="31" end="35"/>
<custom:Continues xmi:id="22" sofa="1" begin="14" end="25" Governor="21" Dependent="20"/>
<custom:Tie xmi:id="23" sofa="1" begin="0" end="2" Governor="20" Dependent="10" label="said by"/>
<custom:Tie xmi:id="24" sofa="1" begin="0" end="2" Governor="10" Dependent="11"/>"""

ODD = '<type:NamedEntity xmi:id="30" sofa="1" begin="{}" end="{}" value="X"/>'


def xmi(
    body: str, text: str = TEXT, *, title: str | None = "story.txt", who: str | None = "ann", version: str = "1.0"
) -> str:
    """Return a document of :data:`TYPES`; all that the body holds is indexed, as INCEpTION does."""
    told = "".join(f' {k}="{v}"' for k, v in (("documentTitle", title), ("documentId", who)) if v is not None)
    units = len(text.encode("utf-16-le")) // 2
    meta = f'<type2:DocumentMetaData xmi:id="2" sofa="1" begin="0" end="{units}" language="x"{told}/>'
    token = '<type3:Token xmi:id="3" sofa="1" begin="0" end="2"/>'
    members = " ".join(part.split('"')[0] for part in f"{meta}{token}{body}".split('xmi:id="')[1:])
    held = text.replace("&", "&amp;").replace("\n", "&#10;")
    return f"""<?xml version="{version}" encoding="UTF-8"?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore"
  xmlns:type="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore" xmlns:custom="http:///webanno/custom.ecore"
  xmlns:type2="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore"
  xmlns:type3="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore" xmi:version="2.0">
<cas:NULL xmi:id="0"/>{meta}{token}{body}
<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="{held}"/>
<cas:View sofa="1" members="{members}"/></xmi:XMI>"""


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def project() -> bytes:
    """Return a project's export: a zip in which each annotator's files are a zip of their own."""
    inner = {
        name: packed({f"{who}.xmi": xmi(body, who=who), "TypeSystem.xml": TYPES})
        for name, who, body in (("a", "ann", ENTITIES), ("b", "bo", CLAIMS + ENTITIES), ("c", "INITIAL_CAS", ""))
    }
    return packed(
        {
            "exportedproject123.json": "{}",
            "source/story.txt": TEXT,
            "annotation_ser/story.txt/ann.ser": b"\xac\xed",
            "annotation/story.txt/webanno1export.zip": inner["a"],
            "annotation/story.txt/webanno2export.zip": inner["b"],
            "annotation/story.txt/webanno3export.zip": inner["c"],
            "curation/story.txt/webanno4export.zip": packed(
                {"CURATION_USER.xmi": xmi(ENTITIES, who="CURATION_USER"), "TypeSystem.xml": TYPES}
            ),
        }
    )


def read(folder: Path, files: dict[str, str | bytes]) -> tuple[list[Standoff], list[Finding]]:
    """Write the files and read the first of them."""
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    found = list(FORMAT.read(folder / next(iter(files))))
    return [one for one in found if isinstance(one, Standoff)], [one for one in found if isinstance(one, Finding)]


def words(found: Standoff) -> list[tuple[str, str]]:
    return [(span.label, " … ".join(piece.slice(found.text) for piece in span.spans)) for span in found.spans]

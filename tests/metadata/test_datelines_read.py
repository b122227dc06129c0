"""Datelines as agencies of several languages write them: place and agency are found whatever the cleaner's rule."""

from __future__ import annotations

import pytest

import corpus

LEAD = "The regional council voted on Tuesday to close the old bridge for repairs until winter, officials said."
REST = "The work will cost four million euros, and buses will take another road while it lasts, they said."


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("BERLIN —\n\n", "BERLIN", None),
        ("LONDON (AP) —\n\n", "LONDON", "AP"),
        ("NEW YORK, March 3 —\n\n", "NEW YORK", None),
        ("BUENOS AIRES.-\n\n", "BUENOS AIRES", None),
        ("Lyon, 12 mars 2024 (AFP) - ", "Lyon", "AFP"),
        ("Madrid, 12 mar (EFE).- ", "Madrid", "EFE"),
        ("Lisboa, 12 mar 2024 (Lusa) – ", "Lisboa", "Lusa"),
        ("(ANSA) - ROMA, 12 MAR - ", "ROMA", "ANSA"),
        ("МОСКВА, 12 мар — РИА Новости. ", "МОСКВА", "РИА Новости"),
        ("Zürich (awp) - ", "Zürich", "awp"),
        ("ZAGREB, 5. ožujka 2024. (Hina) - ", "ZAGREB", "Hina"),
        ("Budapest, 2024. március 5., kedd (MTI) - ", "Budapest", "MTI"),
        ("Warszawa, 5.03.2024 (PAP) - ", "Warszawa", "PAP"),
        ("VILNIUS, kovo 5 d. (ELTA). ", "VILNIUS", "ELTA"),
        ("Rīga, 5. marts, LETA. ", "Rīga", "LETA"),
        ("КИЇВ. 5 березня. УНІАН. ", "КИЇВ", "УНІАН"),
        ("Αθήνα, 5 Μαρτίου (ΑΠΕ-ΜΠΕ) - ", "Αθήνα", "ΑΠΕ-ΜΠΕ"),
        ("NEW YORK--(BUSINESS WIRE)--", "NEW YORK", "BUSINESS WIRE"),
        ("LONDON, March 5, 2024 /PRNewswire/ -- ", "LONDON", "PRNewswire"),
        ("Kathmandu, March 5 (RSS): ", "Kathmandu", None),
        ("ACCRA, March 5, GNA - ", "ACCRA", "GNA"),
        ("Köpenhamn TT-Ritzau – ", "Köpenhamn", "TT-Ritzau"),
        ("Montréal — ", "Montréal", None),
        ("Nairobi, Kenya, March 5 - ", "Nairobi, Kenya", None),
    ],
)
def test_place_and_agency_are_read(opening: str, place: str, agency: str | None) -> None:
    """Also where the dateline stands on a line of its own; it stays in the text."""
    document = corpus.clean(f"Old bridge to close until winter\n\n{opening}{LEAD}\n\n{REST}")
    assert (document.dateline, document.agency) == (place, agency)
    assert document.text.startswith(opening.strip())
    assert LEAD in document.text


LEADS = {
    "arabic": "قرر المجلس يوم الاثنين إغلاق الجسر القديم حتى الشتاء لإجراء إصلاحات.",
    "hindi": "परिषद ने सोमवार को पुराने पुल को सर्दियों तक बंद करने का फैसला किया।",
    "korean": "지역 의회는 화요일 수리를 위해 겨울까지 옛 다리를 폐쇄하기로 결정했다.",
    "japanese": "地域評議会は火曜日、修理のため冬まで古い橋を閉鎖することを決めた。",
    "chinese": "地區議會週二決定在冬季之前關閉舊橋進行維修，官員表示。",
}


@pytest.mark.parametrize(
    ("language", "opening", "place", "agency"),
    [
        ("arabic", "الرياض 5 مارس (واس) -- ", "الرياض", "واس"),
        ("hindi", "नई दिल्ली, पांच मार्च (भाषा) ", "नई दिल्ली", "भाषा"),
        ("hindi", "पटना: ", "पटना", None),
        ("korean", "(서울=연합뉴스) 홍길동 기자 = ", "서울", "연합뉴스"),
        ("japanese", "【東京共同】", "東京", "共同"),
        ("chinese", "（中央社記者王小明台北5日電）", None, "中央社"),
    ],
)
def test_place_and_agency_are_read_in_letters_without_capitals(
    language: str, opening: str, place: str | None, agency: str | None
) -> None:
    document = corpus.clean(f"{opening}{LEADS[language]}\n\n{LEADS[language]}")
    assert (document.dateline, document.agency) == (place, agency)
    assert LEADS[language] in document.text


@pytest.mark.parametrize("line", ["WATCH —", "VIDEO –", "UPDATE -", "Berlin —"])
def test_a_label_with_a_dash_is_no_place(line: str) -> None:
    assert corpus.clean(f"Old bridge to close until winter\n\n{line}\n\n{LEAD}\n\n{REST}").dateline is None


@pytest.mark.parametrize(
    ("opening", "authors"),
    [
        ("本报讯(记者 王小川)", ("王小川",)),
        ("本报讯（记者王小川 通讯员李雷）", ("王小川",)),
        ("本报讯（记者王小川通讯员李雷）", ("王小川",)),
        ("河湾日报讯（记者 王小川、李 雷）", ("王小川", "李雷")),
        ("本网讯（通讯员 李雷）", ()),
        ("本报讯（记者从市政府获悉）", ()),
    ],
)
def test_reporters_of_a_chinese_paper_are_authors(opening: str, authors: tuple[str, ...]) -> None:
    """Whoever wrote in as a correspondent of the house is none, nor is what a reporter learned."""
    document = corpus.clean(f"{opening}{LEADS['chinese']}\n{LEADS['chinese'][::-1]}")
    assert document.authors == authors
    assert document.text.startswith(opening)

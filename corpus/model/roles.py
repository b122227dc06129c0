"""What a block is (role) and why it was called so (reason)."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["READING_ROLES", "TEXT_ROLES", "Reason", "Role"]


class Role(StrEnum):
    """What a block is. The order is data (it becomes a ClassLabel): append only."""

    TITLE = "title"
    BODY = "body"
    HEADING = "heading"
    BYLINE = "byline"
    DATELINE = "dateline"
    CAPTION = "caption"
    CREDIT = "credit"
    TIMESTAMP = "timestamp"
    COPYRIGHT = "copyright"
    BOILERPLATE = "boilerplate"
    DUPLICATE = "duplicate"


TEXT_ROLES: frozenset[Role] = frozenset({Role.BODY, Role.HEADING, Role.DATELINE})
"""The roles that make the ``text`` of a document, in their order in the anchor text."""

READING_ROLES: frozenset[Role] = TEXT_ROLES | {Role.CAPTION}
"""The roles that follow the title in ``reading``, what annotators see."""


class Reason(StrEnum):
    """Why a block has its role: one sentence each, never null, kept blocks too. Append only.

    A reason is coarse and stable; the ``rule`` column names the very row of the rule data.
    """

    _sentence: str

    def __new__(cls, value: str, sentence: str = "") -> Reason:
        """Make a member whose value is its name in the data and that knows its sentence."""
        member = str.__new__(cls, value)
        member._value_ = value
        member._sentence = sentence
        return member

    @property
    def sentence(self) -> str:
        """The reason in one plain sentence."""
        return self._sentence

    PROSE = ("prose", "It reads as running text of the article.")
    UNSURE = ("unsure", "Nothing speaks clearly against it, and when unsure we keep.")
    LIST_ITEM = ("list_item", "It is an item of a list inside the article.")
    TABLE_ROW = ("table_row", "It is a row of a table inside the article.")
    SECTION_HEADING = ("section_heading", "It is a short line that opens a section of the article.")
    HEADLINE = ("headline", "It stands where a headline stands and reads like one.")
    HEADLINE_ECHO = ("headline_echo", "It repeats the article's headline.")
    PLACE_AND_AGENCY = (
        "place_and_agency",
        "It names the place, and perhaps the agency, before the first sentence.",
    )
    AUTHOR_NAMES = ("author_names", "It names who wrote the article.")
    PHOTO_CAPTION = ("photo_caption", "It describes a picture that is not in the text.")
    PERSON_TAGS = ("person_tags", "It only names who is in a picture.")
    PHOTO_CREDIT = ("photo_credit", "It says whose picture or graphic it is.")
    PUBLICATION_TIME = ("publication_time", "It says when the article was published, posted or changed.")
    RIGHTS_STATEMENT = ("rights_statement", "It states who holds the rights and what is allowed.")
    REPEATED_FURNITURE = ("repeated_furniture", "It repeats a caption or teaser that stands nearby.")
    NAVIGATION = ("navigation", "It is a link or label for finding one's way on the site.")
    PAGE_CONTROL = ("page_control", "It is a control of the page: text size, print, share, play.")
    SOCIAL = ("social", "It asks to follow, like or share on a social network.")
    SUBSCRIPTION = ("subscription", "It asks to subscribe, register, donate or pay.")
    ADVERTISEMENT = ("advertisement", "It marks or is an advertisement.")
    RELATED_STORIES = ("related_stories", "It announces or teases other stories.")
    AFTER_RELATED = ("after_related", "It stands in the run of teasers after such an announcement.")
    COMMENTS = ("comments", "It belongs to the readers' comments.")
    LEGAL_NOTICE = ("legal_notice", "It is a notice on cookies, terms, privacy or ethics policy.")
    AUTHOR_BIO = ("author_bio", "It says who the author is, not what happened.")
    MEDIA_PLAYER = ("media_player", "It is what is left of a video, audio or gallery player.")
    LINE_END_HYPHEN = ("line_end_hyphen", "It is a hyphen that only breaks a word at the line's end.")
    SITE_NAME = ("site_name", "It is the site's own name or slogan.")
    MODEL = ("model", "A learned model judged it so; the rule names which.")
    APART_FROM_TEXT = (
        "apart_from_text",
        "It stands among the page's furniture, apart from the article's run of text.",
    )
    SECOND_HEADLINE = (
        "second_headline",
        "It reads as one more headline above the text, a deck perhaps, and nothing tells it from one.",
    )
    REPEATED_ACROSS_SITE = (
        "repeated_across_site",
        "The same line stands in other documents of its site.",
    )
    SCRAMBLED = ("scrambled", "It is text that the page scrambles for those who have not paid.")

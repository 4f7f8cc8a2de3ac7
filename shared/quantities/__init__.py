"""Every number that a text says, in either language, as values that compare across languages."""

from shared.model import Language
from shared.quantities.chinese import find_zh
from shared.quantities.compare import Difference, differences, supports
from shared.quantities.english import find_en
from shared.quantities.mention import Mention, Moment

__all__ = ["Difference", "Mention", "Moment", "differences", "find_mentions", "supports"]


def find_mentions(text: str, language: Language) -> tuple[Mention, ...]:
    """Return every number that a text says, in order, without overlaps. Never raises; linear in the text's length."""
    return find_zh(text) if language == "zh" else find_en(text)

"""What an article supports: quotes found in it, and claims checked against them. Pure; no model, no I/O."""

from services.analyze.claims.article import ArticleText
from services.analyze.claims.certainty import weaker
from services.analyze.claims.check import article_text, check_claim, language_of
from services.analyze.claims.derived import compute
from services.analyze.claims.opinion import check_opinion
from services.analyze.claims.quotes import LONGEST_QUOTE, MOST_QUOTES, SHORTEST_QUOTE, NoQuote, QuoteFinder
from services.analyze.claims.reuse import SentenceUses
from services.analyze.claims.verdict import ClaimCheck, ClaimVerdict, Refusal

__all__ = [
    "LONGEST_QUOTE",
    "MOST_QUOTES",
    "SHORTEST_QUOTE",
    "ArticleText",
    "ClaimCheck",
    "ClaimVerdict",
    "NoQuote",
    "QuoteFinder",
    "Refusal",
    "SentenceUses",
    "article_text",
    "check_claim",
    "check_opinion",
    "compute",
    "language_of",
    "weaker",
]

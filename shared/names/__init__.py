"""Names: finding them in text, the name sheet of a document, and checking that a translation keeps them. Pure."""

from shared.names._fold import folded
from shared.names._glossed import resolved
from shared.names.check import name_problems
from shared.names.conflicts import sheet_conflicts
from shared.names.index import TermIndex, shipped_terms
from shared.names.learned import Learned, learned
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, NameSheet, SheetEntry, build_sheet, find_names

__all__ = [
    "Learned",
    "NameMention",
    "NameProblem",
    "NameSheet",
    "SheetEntry",
    "TermIndex",
    "build_sheet",
    "find_names",
    "folded",
    "learned",
    "name_problems",
    "resolved",
    "sheet_conflicts",
    "shipped_terms",
]

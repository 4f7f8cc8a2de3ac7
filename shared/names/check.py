"""The gate's check of names: another name in the place of the source's, or a name in a form that is not its own."""

from __future__ import annotations

from shared.model import Language
from shared.names._latin import latin_problems
from shared.names._misspelt import misspelt
from shared.names._swapped import swapped
from shared.names._there import without_counterpart
from shared.names._variants import variants
from shared.names.problem import NameProblem
from shared.names.sheet import NameSheet, find_names


def name_problems(source: str, target: str, source_language: Language, sheet: NameSheet) -> tuple[NameProblem, ...]:
    """Return the names of a source sentence that the target replaces by others or writes in a wrong form.

    A name that is only left out is no problem: translators write "the company", or leave names to the context.
    """
    if not source or not target:
        return ()
    target_language: Language = "zh" if source_language == "en" else "en"
    said = find_names(source, source_language, sheet)
    written = find_names(target, target_language, sheet)
    missing = without_counterpart(said, source, written, target, sheet)
    found = (
        *swapped(source, target, target_language, said, written, missing, sheet),
        *variants(target, target_language, said, sheet),
        *misspelt(target, target_language, written, missing),
        *latin_problems(source, target, source_language, said, written, sheet),
    )
    first = {(problem.source or problem.target): problem for problem in reversed(found)}
    return tuple(problem for problem in found if first[problem.source or problem.target] is problem)

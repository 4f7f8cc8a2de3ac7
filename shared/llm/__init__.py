"""Language models: what is asked of them, who is asked, what it costs, and that it is paid for once."""

from shared.llm.ledger import Allowance, Answers, Budgets, Paid
from shared.llm.question import (
    Answer,
    Asked,
    Failed,
    Gap,
    Item,
    ModelProfile,
    Models,
    Prompt,
    Question,
    Usage,
)

__all__ = [
    "Allowance",
    "Answer",
    "Answers",
    "Asked",
    "Budgets",
    "Failed",
    "Gap",
    "Item",
    "ModelProfile",
    "Models",
    "Paid",
    "Prompt",
    "Question",
    "Usage",
]

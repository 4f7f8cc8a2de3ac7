"""Language models: what is asked of them, who is asked, what it costs, and that it is paid for once."""

from shared.llm.ledger import Allowance, Answers, Budgets, Paid
from shared.llm.opening import open_models, tell_of_found_models
from shared.llm.pool import ModelPool
from shared.llm.prompts import load_prompt
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
from shared.llm.settings import ModelSettings

__all__ = [
    "Allowance",
    "Answer",
    "Answers",
    "Asked",
    "Budgets",
    "Failed",
    "Gap",
    "Item",
    "ModelPool",
    "ModelProfile",
    "ModelSettings",
    "Models",
    "Paid",
    "Prompt",
    "Question",
    "Usage",
    "load_prompt",
    "open_models",
    "tell_of_found_models",
]

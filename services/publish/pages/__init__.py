"""The pages that people read: one article side by side or in one language, and the list of the latest."""

from services.publish.pages.routes import page_or, router

__all__ = ["page_or", "router"]

"""The read API: JSON over HTTP."""

from services.publish.api.description import API_MODELS
from services.publish.api.routes import api_routes

__all__ = ["API_MODELS", "api_routes"]

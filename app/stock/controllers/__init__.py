"""The addresses below /stock."""

from app.stock.controllers.listing import StockController
from app.stock.controllers.product import ProductController

__all__ = ["ProductController", "StockController"]

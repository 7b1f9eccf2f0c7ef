"""The addresses of ``/v1`` where products and their levels are."""

from app.stock.api.inventory import InventoryApi
from app.stock.api.products import ProductApi

__all__ = ["InventoryApi", "ProductApi"]

"""The addresses below /alerts."""

from app.alerts.controllers.caring import CareController
from app.alerts.controllers.forms import FormController
from app.alerts.controllers.listing import AlertController
from app.alerts.controllers.purchase import PurchaseController

__all__ = ["AlertController", "CareController", "FormController", "PurchaseController"]

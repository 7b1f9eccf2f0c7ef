"""The addresses below /counts and /receipts."""

from app.counts.controllers.counting import CountingController
from app.counts.controllers.ending import EndingController
from app.counts.controllers.listing import CountsController, ReceiptsController
from app.counts.controllers.receiving import ReceiptController
from app.counts.controllers.variances import VarianceController
from app.counts.tables import Subject

SHELF = "/counts/{session:str}"
DELIVERY = "/receipts/{session:str}"


class ShelfCounting(CountingController):
    path, subject = SHELF, Subject.SHELF


class ShelfEnding(EndingController):
    path, subject = SHELF, Subject.SHELF


class DeliveryCounting(CountingController):
    path, subject = DELIVERY, Subject.DELIVERY


class DeliveryEnding(EndingController):
    path, subject = DELIVERY, Subject.DELIVERY


CONTROLLERS = [
    CountsController,
    ReceiptsController,
    ShelfCounting,
    ShelfEnding,
    VarianceController,
    DeliveryCounting,
    DeliveryEnding,
    ReceiptController,
]

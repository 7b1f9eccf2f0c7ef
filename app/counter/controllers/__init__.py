"""The counter's addresses: scan, see, sell; put aside and recall; settle what is short; undo."""

from app.counter.controllers.holds import HoldController
from app.counter.controllers.order import CounterController
from app.counter.controllers.shortages import ShortageController
from app.counter.controllers.undo import UndoController

__all__ = ["CounterController", "HoldController", "ShortageController", "UndoController"]

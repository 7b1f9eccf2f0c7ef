"""The door, a clerk's own account, and the pages about who may come in."""

from app.accounts.controllers.access import AccessController
from app.accounts.controllers.account import AccountController
from app.accounts.controllers.clerks import ClerkController, ClerksController
from app.accounts.controllers.door import DoorController
from app.accounts.controllers.leaving import LeavingController
from app.accounts.controllers.settings import SettingsController
from app.accounts.controllers.till import TillController
from app.accounts.controllers.tokens import TokenController
from app.accounts.controllers.welcome import WelcomeController

AT_THE_DOOR = (DoorController, TillController, WelcomeController)
SIGNED_IN = (LeavingController, AccountController)
FOR_MANAGERS = (
    SettingsController,
    ClerksController,
    ClerkController,
    TokenController,
    AccessController,
)

__all__ = ["AT_THE_DOOR", "FOR_MANAGERS", "SIGNED_IN"]

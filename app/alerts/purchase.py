"""What to buy: a proposal for everything that is low and not on its way."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from app.alerts import queries
from app.alerts.queries import Alert

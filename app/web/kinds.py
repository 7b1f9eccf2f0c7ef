"""The kinds of fields that ``/v1`` takes, as they are described to programs.

The rules themselves are in ``app.fields``; here is only what can be said of them in a schema.
"""

from typing import Annotated, Any

from msgspec import Meta

from app.fields import MOST_CENTS, MOST_UNITS, SKU

KEY = "[!-~]{1,255}"  # visible ASCII
MOST_ID = 10**18 - 1
_HIDDEN = r"\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"  # cannot be shown


def _text(most: int, *examples: str, required: bool = False) -> Any:
    """One line of text, which the rule of its field checks."""
    some = rf"[^{_HIDDEN}]*[^\s{_HIDDEN}]" if required else ""
    schema = {"maxLength": most, "pattern": f"^{some}[^{_HIDDEN}]*$"}
    return Meta(extra_json_schema=schema, examples=list(examples))


Sku = Annotated[
    str,
    Meta(
        extra_json_schema={"pattern": f"^{SKU}$", "maxLength": 64},
        examples=["MUG-BLUE"],
        description="Found without regard to case; `rows` and `new` are not free to use.",
    ),
]
Name = Annotated[str, _text(200, "Blue mug", required=True)]
Category = Annotated[str, _text(100, "Kitchen")]
Barcode = Annotated[
    str,
    Meta(extra_json_schema={"pattern": "^[!-~]{1,64}$"}, examples=["5012345678900"]),
]
Barcodes = Annotated[list[Barcode], Meta(max_length=100)]
Note = Annotated[str, _text(2_000)]
Reference = Annotated[str, _text(100, "web 1017")]
Customer = Annotated[str, _text(100, "Mrs Okafor")]

Cents = Annotated[
    int, Meta(ge=0, le=MOST_CENTS, examples=[350], description="Money in minor units.")
]
Units = Annotated[int, Meta(ge=0, le=MOST_UNITS, examples=[12])]
Change = Annotated[
    int,
    Meta(ge=-MOST_UNITS, le=MOST_UNITS, extra_json_schema={"not": {"const": 0}}, examples=[-1]),
]
Quantity = Annotated[int, Meta(ge=1, le=MOST_UNITS, examples=[2])]

ExpiresIn = Annotated[int, Meta(ge=1, le=30 * 24 * 3600, examples=[1800], description="Seconds.")]

Id = Annotated[int, Meta(ge=1, le=MOST_ID)]
EventId = Annotated[int, Meta(ge=0, le=MOST_ID)]
Limit = Annotated[int, Meta(ge=1, le=200, description="How many entries at most.")]
Cursor = Annotated[str, Meta(description="The `next_cursor` of the page before.")]

Key = Annotated[
    str,
    Meta(
        extra_json_schema={"pattern": f"^{KEY}$"},
        description="The same key with the same body is answered the same and acts once; kept for "
        "7 days.",
    ),
]
Tag = Annotated[str, Meta(examples=['"b1946ac92492d234"'])]

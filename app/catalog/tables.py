"""What we sell, and the words by which it is found."""

from piccolo.columns import BigSerial, Boolean, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.database.dialect import Whole
from app.fields import MOST_CENTS


class Product(Table):
    """One sellable thing. Its SKU may be renamed, its id never changes."""

    id = BigSerial(primary_key=True)
    sku = Varchar(length=64, default=None)
    sku_key = Varchar(length=64, unique=True, default=None)  # without regard to case
    name = Varchar(length=200, default=None)
    name_key = Varchar(
        length=200, default=None
    )  # how it sorts and is searched: no case, no accents
    found_by = Text(default=None)  # its words, a space before and behind each
    category = Varchar(length=100)
    price_cents = Whole(most=MOST_CENTS)
    archived = Boolean(default=False)
    updated_at = Timestamptz(default=None)


class Barcode(Table):
    """One printed code of a product; a product may have several."""

    id = BigSerial(primary_key=True)
    code = Varchar(length=64, unique=True, default=None)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict, index=True)


class SearchWord(Table):
    """A word of some product's name, SKU or barcodes."""

    id = BigSerial(primary_key=True)
    word = Varchar(length=64, unique=True, default=None)


class SearchEntry(Table):
    """This word stands for this product."""

    id = BigSerial(primary_key=True)
    word = ForeignKey(SearchWord, null=False, default=None, on_delete=OnDelete.restrict)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict, index=True)


class Spelling(Table):
    """A word with at most one letter left out: two words a slip apart share a spelling."""

    id = BigSerial(primary_key=True)
    spelling = Varchar(length=64, default=None)
    word = ForeignKey(SearchWord, null=False, default=None, on_delete=OnDelete.restrict)

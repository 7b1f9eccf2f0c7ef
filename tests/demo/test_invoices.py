from collections import Counter

import pytest

from app.demo.invoices import Invoice, Kind, read
from app.demo.names import category, sentence_case
from app.demo.products import barcode, products


def invoice(number: str) -> Invoice:
    (found,) = (invoice for invoice in read() if invoice.number == number)
    return found


def test_every_line_is_a_sale_a_return_or_a_correction_and_charges_are_left_out():
    kinds = Counter(line.kind for invoice in read() for line in invoice.lines)

    assert kinds == {Kind.SALE: 25_320, Kind.RETURN: 390, Kind.CORRECTION: 67}
    assert sum(kinds.values()) == 25_883 - 106  # lines of the file; charges


def test_charges_are_no_products():
    skus = {line.sku for invoice in read() for line in invoice.lines}

    assert not skus & {"POST", "D", "M", "S", "DOT", "C2", "BANK CHARGES", "AMAZONFEE"}
    assert {"DCGS0076", "15056BL"} <= skus
    assert not any(sku.isalpha() for sku in skus)


def test_an_invoice_of_charges_only_is_there_and_empty():
    assert len(read()) == 1_200
    assert invoice("536779").lines == ()  # bank charges


def test_skus_that_differ_in_case_are_one_product():
    sheets = {"536381", "536862"}  # which write 15056BL and 15056bl
    lines = [line for i in read() if i.number in sheets for line in i.lines]

    assert sum(line.sku == "15056BL" for line in lines) == 2
    assert all(line.sku == line.sku.upper() for line in lines)


def test_a_sale_takes_from_the_shelf_at_the_price_on_the_invoice():
    first = read()[0]

    assert (first.number, first.customer) == ("536365", "17850")
    line = first.lines[0]
    assert (line.kind, line.sku, line.change, line.unit_price_cents) == (
        Kind.SALE,
        "85123A",
        -6,
        255,
    )


def test_a_c_invoice_brings_back():
    lines = invoice("C536757").lines

    assert [(line.kind, line.sku, line.change) for line in lines] == [(Kind.RETURN, "84347", 9360)]


@pytest.mark.parametrize(
    ("number", "change", "remark"),
    [("537432", -43, "damages"), ("536589", -10, "")],
)
def test_a_negative_line_that_cancels_nothing_is_a_correction(
    number: str, change: int, remark: str
):
    (line,) = invoice(number).lines

    assert (line.kind, line.change, line.description) == (Kind.CORRECTION, change, remark)


def test_what_is_given_away_is_a_sale():
    given = [line for line in invoice("537197").lines if not line.unit_price_cents]

    assert [(line.kind, line.description) for line in given] == [
        (Kind.SALE, "ROUND CAKE TIN VINTAGE GREEN")
    ]


# Names


@pytest.mark.parametrize(
    ("capitals", "name"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "White hanging heart t-light holder"),
        ("SET/4  CHRISTMAS BAUBLES,RED", "Set/4 Christmas baubles, red"),
        ("12 PENCILS TALL TUBE POSY", "12 pencils tall tube posy"),
        ('LETTER "K" BLING KEY RING', 'Letter "K" bling key ring'),
        ("TOAST ITS - I LOVE YOU ", "Toast its - I love you"),
        ("DECOUPAGE,GREETING CARD,", "Decoupage, greeting card"),
        ("*Boombox Ipod Classic", "Boombox Ipod classic"),
        ("3 TRADITIONAl BISCUIT CUTTERS  SET", "3 traditional biscuit cutters set"),
    ],
)
def test_names_are_written_in_sentence_case(capitals: str, name: str):
    assert sentence_case(capitals) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Christmas tree t-light holder", "Christmas"),
        ("White hanging heart t-light holder", "Lights"),
        ("Jumbo bag red retrospot", "Bags"),
        ("Regency cakestand 3 tier", "Kitchen"),
        ("Hot water bottle babushka", "Home"),
        ("Inflatable political globe", "Gifts"),
    ],
)
def test_the_category_is_told_from_the_name(name: str, expected: str):
    assert category(name) == expected


def test_products_have_their_best_name_and_their_usual_price():
    catalog = {product.sku: product for product in products(read())}

    assert len(catalog) == 2_500
    assert catalog["22423"].name == "Regency cakestand 3 tier"  # once "faulty"
    assert catalog["22423"].price_cents == 1_275
    assert catalog["21275"].name == "Zinc top 2 door wooden shelf"  # once "?"
    assert catalog["22632"].name == "Hand warmer red retrospot"  # the name of most of its lines
    assert catalog["84977"].name == "Product 84977"  # nobody ever named it
    assert all(product.price_cents > 0 for product in catalog.values())


def test_a_barcode_is_a_british_ean_13():
    assert barcode("85123A") == barcode("85123A") != barcode("85123B")
    codes = [product.barcode for product in products(read())]
    assert len(set(codes)) == len(codes)
    for code in codes:
        digits = [int(digit) for digit in code]
        assert len(digits) == 13
        assert code.startswith("50")
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0

"""How the demo shop writes and sorts what the invoices hold in capitals."""

import re

# Words that keep a capital inside a sentence.
_PROPER = (
    "A4 A5 A6 A7 Afghan Amazon Bertie Boudicca Budah Buddha CD Charlie Chinese Christmas Columbian "
    "Coney Danish DOF Dutch Easter Edwardian Emily England English French Gordon Halloween "
    "Hawaiian Hilda I Ipod Island Jack Kashmir Kashmiri Kensington LED Las Lola London Mao Maria "
    "Mexican Molly Moroccan Morris Murano Noel Olivia PC Paris Portobello Provence Purdey "
    "Roman Rosie Russian Santa Savoy Scandinavian Scottie St Suki Swiss Tahiti Tokyo Tropez TV "
    "Union US Valentine Vegas Victorian WC Xmas 3D"
)
_KEPT = {word.lower(): word for word in _PROPER.split()}

# The first that fits decides; what fits none is a gift.
_CATEGORIES = {
    "Christmas": "christmas xmas noel santas? reindeer advent baubles? yuletide snowm[ae]n tinsel",
    "Jewellery": "necklaces? bracelets? earrings? brooch rings? bangle charms? jewellery tiaras "
    "hair(band|clip|clips|slide)? key.?rings?",
    "Bags": "bags? purses? shopper handbag backpack washbag luggage passport umbrella",
    "Lights": "candles? t-lights? tealights? lights? lanterns? lamps? lampshade nightlight "
    "candle(pot|stick|holder) votive incense",
    "Garden": "garden(ers)? watering plant(er)? herbs? birdhouse parasol hammock seeds? gnome "
    "flowerpots? potting grow shed",
    "Party": "party balloons? bunting invites confetti birthday doilies "
    "paper.(cups?|plates?|napkins?)",
    "Stationery": "cards? wrap notebooks? pens? pencils? stickers? tapes? journal sketchbook tags? "
    "ribbons? envelopes? writing stationery paper(weight)? calendar books? erasers? stamps? "
    "patches rubbers? calculator",
    "Toys": "toys? jigsaw doll(s|y)? dominoes skittles game spaceboy dinosaurs? teddy puppet "
    "helicopter playhouse child('s|s|rens|ren's)? kids circus marbles ludo slate snakes rope "
    "feltcraft ninja",
    "Kitchen": "mugs? bowls? plates? cups? tea teapot teatime coffee kitchen cakes? cakestand "
    "baking cutlery apron jugs? jars? lunch bread eggs? oven pan dinner napkins? spoons? ladle "
    "glass cutters? saucer placemats? coasters? tray food biscuits? jam scales butter",
    "Home": "cushion doormat clock mirror frame hooks? sign cabinet drawers? knob towels? doorstop "
    "shelf bath(room)? soap hanger storage decorations? garland box(es)? door wall heart rack "
    "tile flannel holder quilt throw magnets? hot.water bottle pouffe wood letters",
}
_KNOWN_BY = {
    category: re.compile(rf"\b({'|'.join(words.split())})\b")
    for category, words in _CATEGORIES.items()
}


def sentence_case(capitals: str) -> str:
    """SET/4 CHRISTMAS BAUBLES,RED becomes Set/4 Christmas baubles, red."""
    text = re.sub(r"\s*,\s*", ", ", capitals.lower()).strip(" ,*")
    text = re.sub(r"[a-z0-9]+", lambda word: _KEPT.get(word[0], word[0]), text)
    text = re.sub(r'"[a-z]"', lambda letter: letter[0].upper(), " ".join(text.split()))
    first = re.search(r"[A-Za-z0-9]", text)
    if first is None:
        return text
    return text[: first.start()] + first[0].upper() + text[first.end() :]


def category(name: str) -> str:
    """The shelf on which a clerk would look for it."""
    words = name.lower()
    return next((c for c, known_by in _KNOWN_BY.items() if known_by.search(words)), "Gifts")

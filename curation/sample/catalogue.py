"""What the sample's shops sell: twelve categories of the Google product taxonomy, and words about them.

Categories of one `shelf` share materials, brands and many features, so that a word alone seldom
gives a category away.
"""

from __future__ import annotations

from dataclasses import dataclass

KITCHEN = "Home & Garden > Kitchen & Dining"
AUDIO = "Electronics > Audio > Audio Components"
ACCESSORIES = "Electronics > Electronics Accessories"
CLOTHING = "Apparel & Accessories > Clothing"
CAMPING = "Sporting Goods > Outdoor Recreation > Camping & Hiking"


@dataclass(frozen=True)
class Category:
    """One label: its full path, the nouns for its products, and what is said of them.

    `seldom` are nouns that only some sellers use. `confusable` are its nearest categories,
    as indexes into CATEGORIES, the likeliest mistake first.
    """

    path: str
    shelf: str
    nouns: tuple[str, ...]
    seldom: tuple[str, ...]
    features: tuple[str, ...]
    confusable: tuple[int, ...]


@dataclass(frozen=True)
class Shelf:
    """What the categories of one shelf have in common. `vague` are nouns that fit all of them."""

    materials: tuple[str, ...]
    sizes: tuple[str, ...]
    brands: tuple[str, ...]
    features: tuple[str, ...]
    vague: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


CATEGORIES: tuple[Category, ...] = (
    Category(
        f"{KITCHEN} > Cookware & Bakeware > Cookware", "kitchen",
        _words("saucepan|frying pan|stock pot|wok|grill pan|casserole pot|pasta pot|milk pan"
               "|pressure cooker"),
        _words("dutch oven|skillet|tagine|steamer pot"),
        _words("works on induction hobs|heats evenly on every hob|stay-cool handle|comes with a glass lid"
               "|for soups and sauces|sears meat without sticking"),
        (1, 4, 2),
    ),
    Category(
        f"{KITCHEN} > Cookware & Bakeware > Bakeware", "kitchen",
        _words("loaf tin|muffin tray|cake tin|baking tray|pie dish|springform tin|tart tin|pizza tray"),
        _words("ramekin set|baking sheet|lasagne dish|roasting dish"),
        _words("bread and cakes come out easily|for an even golden crust|loose base|12 cups"
               "|no more soggy dough|for cakes and tarts"),
        (0, 4, 2),
    ),
    Category(
        f"{KITCHEN} > Tableware > Dinnerware", "kitchen",
        _words("dinner plates|side plates|pasta bowls|cereal bowls|soup plates|dinner set|dessert plates"
               "|salad bowl"),
        _words("ramen bowls|coupe plates|crockery set|breakfast set"),
        _words("sets a table for four|glazed rim|for everyday meals and guests|hand-painted pattern"
               "|serves pasta or salad|chip-resistant edge"),
        (3, 1, 4),
    ),
    Category(
        f"{KITCHEN} > Tableware > Drinkware", "kitchen",
        _words("mug set|wine glasses|water glasses|tumblers|espresso cups|beer glasses|tea cups"
               "|champagne flutes"),
        _words("highball glasses|goblets|latte glasses|stein"),
        _words("for tea and coffee|thin rim|keeps drinks hot|holds a large latte|for red and white wine"
               "|clinks nicely"),
        (2, 4, 0),
    ),
    Category(
        f"{KITCHEN} > Food Storage", "kitchen",
        _words("food container|storage jar|bread bin|spice jars|freezer box|cereal container|biscuit tin"
               "|cake box|storage bowls"),
        _words("pantry canister|clip-top jar|food pouches|cookie jar"),
        _words("airtight seal|keeps leftovers fresh|label and pen included|for flour, rice and pasta"
               "|leakproof clip lid|for the fridge and the pantry"),
        (2, 1, 3),
    ),
    Category(
        f"{AUDIO} > Headphones & Headsets", "electronics",
        _words("wireless earbuds|over-ear headphones|gaming headset|in-ear headphones|on-ear headphones"
               "|office headset|sports earphones"),
        _words("ear monitors|neckband headset|earpieces|ear cups"),
        _words("active noise cancelling|soft ear cushions|boom microphone|three sizes of ear tips"
               "|for calls and commuting|folds flat"),
        (6, 7, 8),
    ),
    Category(
        f"{AUDIO} > Speakers", "electronics",
        _words("bluetooth speaker|bookshelf speakers|soundbar|subwoofer|party speaker|ceiling speaker"
               "|computer speakers"),
        _words("tower loudspeaker|shower speaker|active monitors|boombox"),
        _words("fills the room|deep bass|wall mount included|pairs in stereo|for parties in the garden"
               "|wooden cabinet"),
        (5, 7, 8),
    ),
    Category(
        f"{ACCESSORIES} > Cables", "electronics",
        _words("hdmi cable|usb-c cable|ethernet cable|speaker cable|charging cable|headphone cable"
               "|aux cable|optical cable"),
        _words("patch lead|extension lead|display cord|jack lead"),
        _words("braided sleeve|gold-plated plugs|no more tangles|tested for 10,000 bends"
               "|shielded against noise|right-angle plug"),
        (8, 6, 5),
    ),
    Category(
        f"{ACCESSORIES} > Power > Power Adapters & Chargers", "electronics",
        _words("wall charger|car charger|laptop charger|wireless charging pad|power adapter|travel adapter"
               "|charging station|speaker power adapter"),
        _words("mains brick|charging dock|power supply|plug-in charger"),
        _words("fast charging|two usb ports|protects against overheating|charges phone and tablet at once"
               "|folding plug|cool while charging"),
        (7, 5, 6),
    ),
    Category(
        f"{CLOTHING} > Outerwear > Coats & Jackets", "clothing",
        _words("rain jacket|winter coat|denim jacket|parka|puffer jacket|wool coat|windbreaker|fleece jacket"
               "|trench coat"),
        _words("anorak|peacoat|bomber|gilet"),
        _words("two-way zip|detachable hood|quilted lining|taped seams|keeps wind and rain out"
               "|inner pocket"),
        (10, 11),
    ),
    Category(
        f"{CLOTHING} > Shirts & Tops", "clothing",
        _words("t-shirt|polo shirt|linen shirt|blouse|flannel shirt|long-sleeve top|tank top|hoodie"
               "|sweatshirt"),
        _words("henley|tunic|overshirt|jersey"),
        _words("crew neck|button-down collar|breathes in summer|ribbed cuffs|no ironing"
               "|to wear under a jacket"),
        (9, 11),
    ),
    Category(
        f"{CAMPING} > Tents", "outdoor",
        _words("2-person tent|family tent|pop-up tent|dome tent|trekking tent|tunnel tent|roof tent"),
        _words("bivouac|tarp shelter|tipi|mountain shelter"),
        _words("pitched in five minutes|pegs and guy lines included|sewn-in groundsheet|mosquito mesh doors"
               "|sleeps the whole family|aluminium poles"),
        (9, 10),
    ),
)  # fmt: skip

LABELS: tuple[str, ...] = tuple(category.path for category in CATEGORIES)

SHELVES: dict[str, Shelf] = {
    "kitchen": Shelf(
        _words("stainless steel|enamel|cast iron|stoneware|porcelain|glass|aluminium|bamboo"),
        _words("20 cm|24 cm|28 cm|1.5 l|2.5 l|set of 2|set of 4|set of 6"),
        _words("Brennig|Tavola|Kesselhof|Lindqvist|Moro Casa|Olmo"),
        _words("dishwasher safe|oven safe to 220 °C|stacks neatly|a good present|with matching lid"
               "|for small kitchens|easy to clean|comes in a gift box"),
        _words("kitchen set|dish|piece with lid|homeware|kitchen classic"),
    ),
    "electronics": Shelf(
        _words("black|white|silver|grey|midnight blue"),
        _words("1 m|2 m|3 m|10 W|30 W|65 W|pack of 2"),
        _words("Voltara|Sonder|Pulsaro|Nimbuz|Kabelwerk|Auric"),
        _words("works with every phone|usb-c|bluetooth 5.3|two-year warranty|for home and travel"
               "|plug and play|compact|for music and films"),
        _words("audio accessory|phone accessory|tech bundle|usb-c accessory|travel gadget"),
    ),
    "clothing": Shelf(
        _words("cotton|wool|polyester|linen|fleece|recycled nylon"),
        _words("size S|size M|size L|size XL|size 40|size 44"),
        _words("Fjordline|Marlo|Tessuto|Oakhay|Nordsund"),
        _words("true to size|machine washable|for men and women|regular fit|soft inside|chest pocket"
               "|water-repellent|for cool evenings"),
        _words("layer|outfit piece|garment|basics piece"),
    ),
    "outdoor": Shelf(
        _words("polyester|ripstop nylon|recycled nylon|cotton canvas"),
        _words("2.1 kg|3.4 kg|210 cm|240 cm|for 2|for 4"),
        _words("Fjordline|Nordsund|Wildpfad|Basecamp Nine"),
        _words("water-repellent|with carry bag|for festivals and hikes|packs small|taped seams"
               "|for three seasons"),
        _words("camping gear|outdoor gear|trail kit"),
    ),
}  # fmt: skip

ANYWHERE: tuple[str, ...] = _words(
    "new in box|free shipping|ships tomorrow|returns within 30 days|popular choice|while stocks last"
    "|rated 4.7 by buyers|last pieces"
)

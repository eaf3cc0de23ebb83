"""The people of the demo: who works here, and which customers they have. All of them are invented."""

from dataclasses import dataclass

from helpdesk.core.money import Money, chf


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """Somebody who works at the vendor."""

    email: str
    name: str
    role: str
    language: str
    signature: str


@dataclass(frozen=True, slots=True)
class DemoContact:
    """Somebody who writes; with a limit they may order."""

    email: str
    name: str
    order_limit: Money | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """An organisation; `subscription` is kind and plan, `assigned` the agent who looks after them."""

    name: str
    language: str
    country: str
    segment: str
    place: dict[str, str]
    contacts: tuple[DemoContact, ...]
    subscription: tuple[str, str] | None = None
    assigned: str | None = None
    credit: Money | None = None
    standing: Money | None = None


ANNA = DemoAgent(
    "anna@helpdesk.example",
    "Anna Keller",
    "agent",
    "de",
    "Freundliche Grüsse\nAnna Keller\nMuster Software AG",
)
LEA = DemoAgent(
    "lea@helpdesk.example",
    "Léa Dubois",
    "lead",
    "fr",
    "Avec nos meilleures salutations\nLéa Dubois\nMuster Software AG",
)
SVEN = DemoAgent(
    "sven@helpdesk.example",
    "Sven Lindberg",
    "admin",
    "sv",
    "Vänliga hälsningar\nSven Lindberg\nMuster Software AG",
)
AGENTS = (ANNA, LEA, SVEN)

PETRA = DemoContact("petra.baumgartner@muster-treuhand.example", "Petra Baumgartner", chf(1000))
BEAT = DemoContact("beat@schreinerei-holzer.example", "Beat Holzer")
CLAIRE = DemoContact("claire.jaquet@fiduciaire-lac.example", "Claire Jaquet", chf(2000))
LUC = DemoContact("luc@boulangerie-rochat.example", "Luc Rochat")
KARIN = DemoContact("karin.lindqvist@nordvik-bygg.example", "Karin Lindqvist", chf(1500))
JOHAN = DemoContact("johan@ekeby-redovisning.example", "Johan Ekström", chf(500))
RETO = DemoContact("reto.sennhauser@sennhauser.example", "Reto Sennhauser", chf(5000))
EMMA = DemoContact("emma.clarke@alpine-outdoor.example", "Emma Clarke", chf(500))

CUSTOMERS = (
    DemoCustomer(
        "Muster Treuhand AG",
        "de",
        "CH",
        "fiduciary",
        {"street": "Bahnhofstrasse", "house_number": "12", "postcode": "8001", "town": "Zürich"},
        (PETRA, DemoContact("empfang@muster-treuhand.example", "Empfang Muster Treuhand")),
        ("cloud", "enterprise"),
        credit=chf(1620),
    ),
    DemoCustomer(
        "Schreinerei Holzer GmbH",
        "de",
        "CH",
        "crafts",
        {"street": "Industrieweg", "house_number": "4a", "postcode": "8400", "town": "Winterthur"},
        (BEAT,),
        ("cloud", "pro"),
    ),
    DemoCustomer(
        "Fiduciaire du Lac SA",
        "fr",
        "CH",
        "fiduciary",
        {"street": "Avenue de la Gare", "house_number": "27", "postcode": "1003", "town": "Lausanne"},
        (CLAIRE, DemoContact("comptabilite@fiduciaire-lac.example", "Comptabilité")),
        ("cloud", "enterprise"),
        credit=chf(855),
    ),
    DemoCustomer(
        "Boulangerie Rochat Sàrl",
        "fr",
        "CH",
        "trade",
        {"street": "Rue du Four", "house_number": "3", "postcode": "1400", "town": "Yverdon-les-Bains"},
        (LUC,),
        ("cloud", "free"),
    ),
    DemoCustomer(
        "Nordvik Bygg AB",
        "sv",
        "SE",
        "construction",
        {"street": "Hamngatan", "house_number": "18", "postcode": "411 14", "town": "Göteborg"},
        (KARIN,),
        ("update", "enterprise"),
        assigned=SVEN.email,
        credit=chf(855),
    ),
    DemoCustomer(
        "Ekeby Redovisning AB",
        "sv",
        "SE",
        "fiduciary",
        {"street": "Kungsgatan", "house_number": "41", "postcode": "753 21", "town": "Uppsala"},
        (JOHAN,),
        ("cloud", "pro"),
    ),
    DemoCustomer(
        "Sennhauser Logistik AG",
        "de",
        "CH",
        "logistics",
        {"street": "Rorschacher Strasse", "house_number": "150", "postcode": "9000", "town": "St. Gallen"},
        (RETO,),
        ("update", "enterprise"),
        assigned=ANNA.email,
        credit=chf(3060),
        standing=chf(500),
    ),
    DemoCustomer(
        "Alpine Outdoor Ltd",
        "en",
        "CH",
        "trade",
        {"street": "Dammstrasse", "house_number": "9", "postcode": "6300", "town": "Zug"},
        (EMMA,),
    ),
)

"""Kinds of things that people look for without a name, "a pharmacy near here": what they type, and what OpenStreetMap
calls it. Pure.

Source of the tags: the OpenStreetMap wiki, "Map features".
"""

from __future__ import annotations

from collections.abc import Iterator

from wayhome.adapters.maps.writing import words

LEAST = 3
"""So many letters of a word are enough to mean a kind; of Chinese two signs."""

_KINDS = {
    "amenity=charging_station": "Charging station|EV charging|charger|充电站|充电桩",
    "amenity=parking": "Car park|parking|parking garage|停车场|停车位",
    "amenity=fuel": "Fuel|fuel station|petrol station|gas station|filling station|加油站",
    "amenity=pharmacy": "Pharmacy|drugstore|chemist|药店|药房",
    "amenity=hospital": "Hospital|emergency room|医院",
    "amenity=clinic": "Clinic|doctor|health centre|诊所|医生",
    "amenity=doctors": "Doctor|surgery|诊所|医生",
    "amenity=dentist": "Dentist|牙科|牙医",
    "amenity=veterinary": "Vet|veterinary|兽医|宠物医院",
    "shop=supermarket": "Supermarket|groceries|grocery|超市|超级市场",
    "shop=convenience": "Convenience shop|convenience store|corner shop|kiosk|便利店",
    "shop=bakery": "Bakery|面包店",
    "shop=mall": "Shopping centre|shopping mall|mall|购物中心|商场",
    "amenity=restaurant": "Restaurant|餐厅|饭店|餐馆",
    "amenity=fast_food": "Fast food|takeaway|快餐|快餐店",
    "amenity=cafe": "Café|coffee|coffee shop|咖啡|咖啡馆|咖啡厅",
    "tourism=hotel": "Hotel|酒店|宾馆",
    "tourism=hostel": "Hostel|青年旅舍|旅舍",
    "tourism=guest_house": "Guest house|bed and breakfast|民宿",
    "tourism=camp_site": "Camp site|camping|露营地|营地",
    "amenity=bank": "Bank|银行",
    "amenity=atm": "Cash machine|cashpoint|ATM|取款机|自动取款机",
    "amenity=post_office": "Post office|邮局",
    "amenity=police": "Police|police station|警察局|派出所",
    "amenity=toilets": "Toilets|restroom|public toilet|WC|厕所|卫生间|洗手间",
    "amenity=school": "School|学校",
    "amenity=kindergarten": "Nursery|kindergarten|幼儿园",
    "amenity=library": "Library|图书馆",
    "amenity=cinema": "Cinema|movie theater|电影院",
    "tourism=museum": "Museum|博物馆",
    "leisure=park": "Park|公园",
    "leisure=playground": "Playground|游乐场|儿童乐园",
    "leisure=swimming_pool": "Swimming pool|游泳池",
    "railway=station": "Railway station|train station|火车站|车站",
    "amenity=car_wash": "Car wash|洗车|洗车店",
    "shop=car_repair": "Car repair|garage|汽车修理|修车",
    "shop=tyres": "Tyres|tires|轮胎|轮胎店",
}
"""What it is called in English, then what else people type, in English and Chinese; the first Chinese one is its name
there."""
NAMELESS = frozenset(
    f"amenity={one}"
    for one in ("parking", "fuel", "pharmacy", "atm", "toilets", "car_wash", "post_office", "police", "doctors")
)
"""What is gone to though it has no name; beside charging stations, which are always."""


def _forms(text: str) -> Iterator[str]:
    """A word as the search writes it, for one and for many."""
    line = " ".join(words(text))
    yield line
    if line.isascii():
        yield line[:-1] + "ies" if line.endswith("y") else line + "es" if line.endswith(("x", "ch")) else line + "s"


_TYPED = tuple(
    (about, tuple(dict.fromkeys(form for text in said.split("|") for form in _forms(text))))
    for about, said in _KINDS.items()
)
_NAMES = {
    about: (said.split("|")[0], next(text for text in said.split("|") if not text[0].isascii()))
    for about, said in _KINDS.items()
}


def known(about: str | None) -> bool:
    """Whether it can be looked for by what it is."""
    return about in _KINDS


def name(about: str | None, language: str) -> str:
    """What a thing without a name is called."""
    english, chinese = _NAMES.get(about or "", ("", ""))
    return chinese if language.startswith("zh") else english


def meant(typed: list[str]) -> dict[str, bool]:
    """The kinds that the words may mean, as far as they are typed; and whether they are typed whole."""
    line = " ".join(typed)
    enough = len(line) >= (LEAST if line.isascii() else 2)
    return {
        about: line in forms
        for about, forms in _TYPED
        if line in forms or (enough and any(form.startswith(line) for form in forms))
    }

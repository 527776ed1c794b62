"""The agencies of an invented province: departments with what is under them, communes and wards. No such place exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from gateway.core.model import OrganId

PROVINCE: Final = OrganId("000.00.00.H56")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One agency; `unit` is the abbreviation that ends its notations, `weight` how much it sends beside others."""

    organ: OrganId
    name: str
    unit: str
    weight: int


_DEPARTMENTS: Final = (
    ("Sở Nội vụ", "SNV"),
    ("Sở Tài chính", "STC"),
    ("Sở Y tế", "SYT"),
    ("Sở Xây dựng", "SXD"),
    ("Sở Tư pháp", "STP"),
    ("Sở Công Thương", "SCT"),
    ("Sở Giáo dục và Đào tạo", "SGDĐT"),
    ("Sở Khoa học và Công nghệ", "SKHCN"),
    ("Sở Nông nghiệp và Môi trường", "SNNMT"),
    ("Sở Văn hóa, Thể thao và Du lịch", "SVHTTDL"),
    ("Sở Dân tộc và Tôn giáo", "SDTTG"),
    ("Sở Ngoại vụ", "SNgV"),
    ("Thanh tra tỉnh", "TTr"),
    ("Ban Quản lý Khu kinh tế", "BQLKKT"),
)
_UNDER: Final = (
    ("Văn phòng", "VP"),
    ("Trung tâm Kỹ thuật", "TTKT"),
    ("Trung tâm Dịch vụ", "TTDV"),
    ("Chi cục Quản lý chất lượng", "CCQLCL"),
    ("Chi cục Giám sát", "CCGS"),
    ("Ban Quản lý dự án", "BQLDA"),
    ("Trung tâm Thông tin", "TTTT"),
    ("Trung tâm Đào tạo", "TTĐT"),
)
_FIRST: Final = (
    "An",
    "Bình",
    "Cẩm",
    "Đông",
    "Hòa",
    "Hưng",
    "Long",
    "Minh",
    "Phú",
    "Quảng",
    "Tân",
    "Thanh",
    "Thuận",
    "Vĩnh",
    "Xuân",
    "Yên",
)
_SECOND: Final = (
    "Bắc",
    "Châu",
    "Dương",
    "Đức",
    "Giang",
    "Hà",
    "Hải",
    "Khê",
    "Lâm",
    "Lộc",
    "Lợi",
    "Mỹ",
    "Ninh",
    "Phong",
    "Phước",
    "Sơn",
    "Tâm",
    "Thạch",
    "Thịnh",
    "Thủy",
    "Trạch",
    "Trung",
    "Tường",
    "Viên",
    "Xá",
)
MOST: Final = 1 + len(_DEPARTMENTS) * (1 + len(_UNDER)) + len(_FIRST) * len(_SECOND) * 2


def seats(count: int) -> tuple[Seat, ...]:
    """Name so many agencies, the province's committee first."""
    return tuple(islice(_all(), count))


def _all() -> Iterator[Seat]:
    yield Seat(organ=PROVINCE, name="UBND tỉnh (mẫu)", unit="UBND", weight=120)
    for place, (name, unit) in enumerate(_DEPARTMENTS, 10):
        yield Seat(organ=OrganId(f"H56.{place}"), name=f"{name} (mẫu)", unit=unit, weight=60)
    for place, (kind, second, first) in enumerate(product(("xã", "phường"), _SECOND, _FIRST)):
        if place % 2 == 0:
            yield from _unit_under(place // 2)
        organ = OrganId(f"H56.{40 + place // 40}.{1 + place % 40:02d}")
        yield Seat(organ=organ, name=f"UBND {kind} {first} {second} (mẫu)", unit="UBND", weight=4)


def _unit_under(place: int) -> Iterator[Seat]:
    """Give the next unit under a department, as long as there are any."""
    if place < len(_DEPARTMENTS) * len(_UNDER):
        under, above = divmod(place, len(_DEPARTMENTS))
        (name, unit), (department, _) = _UNDER[under], _DEPARTMENTS[above]
        organ = OrganId(f"H56.{10 + above}.{1 + under:02d}")
        yield Seat(organ=organ, name=f"{name} – {department} (mẫu)", unit=unit, weight=8)

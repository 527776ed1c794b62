"""Who takes part: invented agencies of a province, with organ ids of both grammars."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One agency. `unit` is the abbreviation that ends its notations; `above` is printed over its name on its documents."""

    organ: str
    name: str
    unit: str
    above: str
    competence: str
    position: str
    signer: str
    aliases: tuple[str, ...] = ()


_PROVINCE = "UBND TỈNH (MẪU)"

PROVINCE = Role(
    organ="000.00.00.H56",
    name="UBND tỉnh (mẫu)",
    unit="UBND",
    above="",
    competence="TM. ỦY BAN NHÂN DÂN",
    position="CHỦ TỊCH",
    signer="Nguyễn Văn An",
)
OFFICE = Role(
    organ="000.00.01.H56",
    name="Văn phòng UBND tỉnh (mẫu)",
    unit="VP",
    above=_PROVINCE,
    competence="KT. CHÁNH VĂN PHÒNG",
    position="PHÓ CHÁNH VĂN PHÒNG",
    signer="Trần Thị Bình",
)
FINANCE = Role(
    organ="000.00.15.H56",
    name="Sở Tài chính (mẫu)",
    unit="STC",
    above=_PROVINCE,
    competence="",
    position="GIÁM ĐỐC",
    signer="Lê Văn Cường",
)
HEALTH = Role(
    organ="H56.16",
    name="Sở Y tế (mẫu)",
    unit="SYT",
    above=_PROVINCE,
    competence="KT. GIÁM ĐỐC",
    position="PHÓ GIÁM ĐỐC",
    signer="Phạm Thị Dung",
    aliases=("000.00.16.H56", "H56.16.00"),
)
FARMING = Role(
    organ="H56.17",
    name="Sở Nông nghiệp (mẫu)",
    unit="SNN",
    above=_PROVINCE,
    competence="",
    position="GIÁM ĐỐC",
    signer="Hoàng Văn Em",
)
COMMUNE = Role(
    organ="H56.40.02",
    name="UBND xã B (mẫu)",
    unit="UBND",
    above="",
    competence="TM. ỦY BAN NHÂN DÂN",
    position="CHỦ TỊCH",
    signer="Vũ Thị Giang",
)
WARD = Role(
    organ="H56.01.07",
    name="UBND phường C (mẫu)",
    unit="UBND",
    above="",
    competence="KT. CHỦ TỊCH",
    position="PHÓ CHỦ TỊCH",
    signer="Đỗ Văn Hải",
)

CAST = (PROVINCE, OFFICE, FINANCE, HEALTH, FARMING, COMMUNE, WARD)

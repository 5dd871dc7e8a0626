"""Shapes of agencies' names: a fixed beginning and the territory after it, so that an unlisted agency is found too.

The patterns are read on the small-letter shadow (`shadow.lower`). `name` is the full form of the beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_UNIT: Final = (
    r"(?:tỉnh|thành phố|tp\b\.?|huyện|quận|thị xã|tx\b\.?|thị trấn|tt\b\.?|xã|phường|đặc khu|cơ sở|trung "
    r"ương)(?!\s?(?:đoàn|uỷ|hội\b))"
)
_AND: Final = r"(?:\s*,\s*|\s+và\s+|\s*/\s*|\s*[-–]\s*|\s+hoặc\s+)"
# Where it has its seat: "tỉnh", "cấp huyện", "các huyện, thị xã, thành phố", "các cấp", "xã, phường, thị trấn".
PLACE: Final = (
    rf"(?P<place>(?:\s+(?:của\s+)?(?:ở\s+)?(?:các\s+|\d{{1,3}}\s+)?(?:(?:cấp\s+)?{_UNIT}(?:{_AND}(?:các\s+)?(?:cấp\s+)?{_UNIT})*(?!\w)|"
    rf"cấp\b|địa phương\b|đơn vị(?:\s*,\s*địa phương)?\b)"
    rf"(?:\s+(?:trực thuộc|thuộc|trong|trên địa bàn)(?:\s+toàn)?(?:\s+tỉnh|\s+thành phố)(?!\w))?)?)"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape. A `weak` one is also an ordinary word: it counts only as an owner or after a word of assignment."""

    pattern: re.Pattern[str]
    name: str
    kind: str
    line: str
    weak: bool = False
    place: bool = True
    capital: bool = False  # must begin with a capital in the text


def _shape(
    head: str, name: str, kind: str, line: str, *, weak: bool = False, place: bool = True, capital: bool = False
) -> Shape:
    return Shape(
        re.compile(rf"(?<!\w)(?P<head>{head})" + (PLACE if place else "") + r"(?!\w)"),
        name,
        kind,
        line,
        weak,
        place,
        capital,
    )


_UB: Final = r"(?:uỷ\s?ban\s?nhân\s?dân|u\.?b\.?n\.?d\.?|y ban nhân dân)(?:\s*\(ubnd\))?"
_GUARD: Final = r"(?:bộ đội biên phòng|bđbp|biên phòng)"
SHAPES: Final[tuple[Shape, ...]] = (
    _shape(
        rf"(?:văn phòng|vp)\s+(?:đoàn đbqh(?:\s*,\s*|\s+và\s+))?(?:hđnd(?:\s*,\s*|\s+và\s+))?{_UB}",
        "Văn phòng Ủy ban nhân dân",
        "office",
        "administration",
    ),
    _shape(rf"(?:chủ tịch,?\s+)?{_UB}", "Ủy ban nhân dân", "committee", "administration"),
    _shape(r"(?:thường trực\s+)?(?:hội đồng nhân dân|hđnd)", "Hội đồng nhân dân", "council", "other"),
    _shape(
        r"công an nhân dân|(?:các\s+)?(?:cơ quan|lực lượng)\s+công an",
        "lực lượng Công an",
        "police",
        "police",
        weak=True,
    ),
    _shape(
        r"phòng (?:cảnh sát|cs)(?: điều tra(?: tội phạm)?| đttp| qlhc| quản lý hành chính)?[^,.;:()]{0,40}?(?:ma "
        r"tuý|trật tự xã hội|pc\d\d|pa\d\d)",
        "Phòng Cảnh sát",
        "police",
        "police",
    ),
    _shape(r"(?:giám đốc,?\s+)?(?:công an|ca(?=\s+(?:tỉnh|tp|thành|huyện|xã|các|cấp)))", "Công an", "police", "police"),
    _shape(
        rf"(?:bộ|ban)\s+(?:chỉ huy|ch)\s+{_GUARD}|bch\s+bđbp|bộ chbp",
        "Bộ Chỉ huy Bộ đội Biên phòng",
        "military",
        "police",
    ),
    _shape(r"bộ (?:chỉ huy quân sự|chqs|ch quân sự)|bch quân sự", "Bộ Chỉ huy Quân sự", "military", "police"),
    _shape(r"ban (?:chỉ huy quân sự|chqs)", "Ban Chỉ huy Quân sự", "military", "police"),
    _shape(
        r"(?:bộ tư lệnh|btl)\s+(?:vùng\s+)?cảnh sát biển(?:\s+\d)?|(?:bộ tư lệnh\s+)?vùng cảnh sát biển(?:\s+\d)?",
        "Bộ Tư lệnh Vùng Cảnh sát biển",
        "military",
        "police",
        place=False,
    ),
    _shape(
        r"(?:bộ tư lệnh\s+)?vùng \d hải quân|(?:bộ tư lệnh|btl)\s+(?:thủ đô(?: hà nội)?|thành phố(?: hồ chí "
        r"minh)?|quân khu \d)",
        "Bộ Tư lệnh",
        "military",
        "police",
        place=False,
    ),
    _shape(
        r"(?:(?:lực lượng|trạm|đội)\s+)?cảnh sát biển(?: việt nam)?|hải đội \d+(?: biên phòng)?|trạm (?:kiểm soát "
        r")?biên phòng|tàu kiểm ngư|lực lượng kiểm ngư|chi đội kiểm ngư",
        "Cảnh sát biển",
        "military",
        "police",
        place=False,
    ),
    _shape(r"(?:các\s+)?đồn biên phòng|(?:bộ đội biên phòng|bđbp)", "Bộ đội Biên phòng", "military", "police"),
    _shape(
        r"(?:chi cục|cục) hải quan(?: cửa khẩu| khu vực(?: [ivx\d]+)?)?(?: cảng)?|hải quan(?= (?:tỉnh|khu vực))",
        "",
        "branch",
        "administration",
    ),
    _shape(r"(?:lực lượng\s+)?hải quan", "Hải quan", "branch", "administration", place=False, capital=True),
    _shape(r"viện (?:kiểm sát(?: nhân dân| nd)?|ksnd|ks)|vks(?:nd)?", "Viện kiểm sát nhân dân", "procuracy", "house"),
    _shape(r"toà án(?: nhân dân| nd)?|tand", "Tòa án nhân dân", "court", "house"),
    _shape(
        r"(?:uỷ ban|ub|ban thường trực (?:uỷ ban|ub))\s+(?:mặt trận tổ quốc|mttq|mặt trận)(?: việt nam| vn)?|"
        r"(?:mặt trận tổ quốc|mttq)(?: việt nam| vn)?",
        "Ủy ban Mặt trận Tổ quốc Việt Nam",
        "front",
        "union",
    ),
    _shape(
        r"(?:trung ương\s+)?hội (?:liên hiệp phụ nữ|lhpn|phụ nữ)(?: việt nam)?",
        "Hội Liên hiệp Phụ nữ",
        "union",
        "union",
    ),
    _shape(r"hội (?:nông dân|nd)(?: việt nam)?", "Hội Nông dân", "union", "union"),
    _shape(r"hội (?:cựu chiến binh|ccb)(?: việt nam)?", "Hội Cựu chiến binh", "union", "union"),
    _shape(
        r"hội (?:người cao tuổi|chữ thập đỏ|luật gia|cựu thanh niên xung phong|cựu tnxp|khuyến học|nhà báo|cựu "
        r"công an nhân dân|liên hiệp thanh niên|lhtn|sinh viên|cựu giáo chức|bảo vệ quyền trẻ em|doanh nhân "
        r"trẻ)(?: việt nam)?",
        "",
        "union",
        "union",
    ),
    _shape(r"liên đoàn lao động|lđlđ", "Liên đoàn Lao động", "union", "union"),
    _shape(
        r"đoàn (?:thanh niên|tn)(?: cộng sản| cs)?(?: hồ chí minh| hcm)?|đoàn tncs(?: hồ chí minh| hcm)?|ban "
        r"thường vụ (?:tỉnh|thành|huyện) đoàn|(?:tỉnh|thành|huyện|quận|thị)\s?đoàn(?! viên| kết| thể)",
        "Đoàn TNCS Hồ Chí Minh",
        "union",
        "union",
    ),
    _shape(
        r"đoàn luật sư|liên minh hợp tác xã|liên minh htx|liên hiệp các (?:hội|tổ chức)[^,.;:]{0,40}",
        "",
        "union",
        "union",
    ),
    _shape(
        r"(?:cơ quan\s+)?(?:thường trực\s+)?(?:ban chỉ đạo|bcđ)(?: \d{2,4}(?:/[a-zđ]+)?)?(?: (?:quốc gia|phòng|về|"
        r"công tác|cấp|thực hiện|xây dựng)(?:[^.;:()]{0,110}?(?=\s(?:tỉnh|thành phố|các cấp|cấp|quốc gia)))?)?",
        "",
        "steering",
        "administration",
    ),
    _shape(
        r"tiểu ban[^.;:(),]{0,60}?(?=\s(?:tỉnh|thành phố))|hội đồng phối hợp (?:phổ biến|phbg)[^.;:(),]{0,40}",
        "",
        "steering",
        "administration",
    ),
    _shape(
        r"(?:ban thường vụ\s+|thường trực\s+|văn phòng\s+)?(?:tỉnh|thành|huyện|quận|thị|đảng)\s?uỷ(?: công an| "
        r"quân sự)?",
        "",
        "party",
        "party",
    ),
    _shape(
        r"ban (?:tuyên giáo|dân vận|nội chính|tổ chức)(?: và dân vận)?(?: (?:tỉnh|thành|huyện|đảng) uỷ)?",
        "",
        "party",
        "party",
    ),
    _shape(
        r"(?:các\s+)?ban quản lý (?:các )?(?:khu|vườn|cửa khẩu|cảng|rừng)[^,.;:()]{0,50}?(?=\s(?:tỉnh|thành phố|"
        r"phối hợp|chủ trì|và|có)|[,.;:()]|$)",
        "",
        "board",
        "administration",
    ),
    _shape(
        r"(?:bql|ban quản lý) (?:các )?(?:kcn|kkt|khu công nghiệp|khu kinh tế)",
        "Ban Quản lý các khu công nghiệp",
        "board",
        "administration",
    ),
    _shape(r"ban (?:dân tộc|tôn giáo)", "", "board", "administration"),
    _shape(r"ban công tác mặt trận", "", "front", "union", weak=True),
    _shape(
        r"(?:báo và\s+)?đài (?:phát thanh\s*(?:và|-|–|,|&)?\s*truyền hình|pt\s?-?\s?th|pt&th|truyền "
        r"thanh(?:\s*-\s*truyền hình)?|phát thanh)",
        "Đài Phát thanh và Truyền hình",
        "media",
        "other",
    ),
    _shape(
        r"(?:báo và phát thanh,?\s*(?:và\s+)?truyền hình|cơ quan báo và phát thanh[^.;:(),]{0,20})",
        "Báo và Phát thanh, Truyền hình",
        "media",
        "other",
    ),
    _shape(
        r"trung tâm (?:truyền thông|văn hoá|y tế|kiểm soát bệnh tật|phòng, chống hiv/aids|công tác xã hội|bảo trợ "
        r"xã hội|pháp y|dịch vụ việc làm|hỗ trợ)[^,.;:()]{0,40}?(?=\s(?:tỉnh|thành phố|các|cấp|huyện|xã|và|phối "
        r"hợp)|[,.;:()]|$)",
        "",
        "centre",
        "other",
        weak=True,
    ),
    _shape(r"thanh tra", "Thanh tra", "department", "administration", weak=True),
    _shape(
        r"kho bạc nhà nước|bảo hiểm xã hội|bhxh|cục thuế|thuế(?= tỉnh)|cục thống kê|thống kê(?= tỉnh)|cục thi "
        r"hành án dân sự|thi hành án dân sự|bưu điện|viễn thông(?= tỉnh)|cảng vụ[^,.;:()]{0,30}",
        "",
        "branch",
        "administration",
    ),
    _shape(
        r"ngân hàng (?:nhà nước(?: việt nam)?|chính sách xã hội|csxh)(?: chi nhánh)?(?: khu vực \d+)?|ngân hàng "
        r"chính sách xã hội",
        "",
        "branch",
        "administration",
    ),
    _shape(r"(?:chi cục|cục) quản lý thị trường|đội quản lý thị trường(?: số \d+)?", "", "branch", "administration"),
    _shape(
        r"(?:chi cục|cục) [^,.;:()]{3,45}?(?=\s(?:tỉnh|thành phố|phối hợp|chủ trì|và)|[,.;:()]|$)",
        "",
        "branch",
        "administration",
        capital=True,
    ),
    _shape(r"trạm y tế", "Trạm Y tế", "centre", "health", capital=True),
    _shape(
        r"bệnh viện [^,.;:()]{2,40}?(?=\s(?:tỉnh|thành phố|phối hợp|chủ trì|và)|[,.;:()]|$)",
        "",
        "centre",
        "health",
        capital=True,
    ),
    _shape(
        r"(?:các\s+)?(?:cơ sở|trung tâm) (?:cai nghiện|điều trị nghiện)(?: ma tuý)?(?: (?:công lập|tự nguyện|bắt "
        r"buộc|số \d+))*",
        "",
        "centre",
        "other",
        weak=True,
    ),
    _shape(
        r"phòng (?:văn hoá(?:\s*[-–,]\s*|\s+và\s+)(?:xã hội|thông tin)|kinh tế(?:,? hạ tầng(?: và đô thị)?)?|lao "
        r"động[^,.;:()]{0,30}|giáo dục và đào tạo|gd&đt|y tế|tư pháp|tài chính(?:\s*-\s*kế hoạch)?|nội vụ|tham "
        r"mưu|hậu cần|an ninh (?:nội địa|kinh tế|mạng)[^,.;:()]{0,20}|xây dựng đảng[^,.;:()]{0,20}|p[cavx]\d\d|"
        r"nông nghiệp[^,.;:()]{0,30}|quản lý đô thị|kinh tế và hạ tầng|dân tộc)",
        "",
        "division",
        "administration",
        capital=True,
    ),
    _shape(r"trung tâm phục vụ hành chính công", "", "division", "administration"),
    _shape(
        r"(?:các\s+)?sở\s*,?\s*(?:và\s+)?(?:ban\s*,?\s*)?ngành(?:\s*,?\s*(?:và\s+)?(?:đoàn thể|hội đoàn thể|hội, "
        r"đoàn thể|mặt trận|cơ quan|đơn vị|tổ chức chính trị\s*-\s*xã hội|doanh nghiệp|địa "
        r"phương)(?!\s+mình))*(?:\s+(?:có\s+)?liên quan)?",
        "các sở, ban, ngành",
        "group",
        "other",
    ),
    _shape(
        r"(?:các\s+)?phòng\s*,\s*ban(?:\s*,?\s*(?:và\s+)?(?:ngành|đoàn thể|cơ quan|đơn vị|hội))*",
        "các phòng, ban, ngành",
        "group",
        "other",
    ),
    _shape(
        r"(?:các\s+)?(?:ban\s*,?\s*)ngành\s*,?\s*(?:và\s+)?(?:đoàn thể|địa phương)",
        "các ban, ngành, đoàn thể",
        "group",
        "other",
        weak=True,
    ),
    _shape(
        r"(?:các\s+(?:tổ chức\s+)?|tổ chức\s+)(?:đoàn thể chính trị\s*-\s*xã hội|tổ chức chính trị\s*-\s*xã hội|"
        r"tổ chức đoàn thể|hội,? đoàn thể|đoàn thể)(?:\s*,?\s*(?:và\s+)?(?:tổ chức xã hội|nhân dân))?",
        "các đoàn thể",
        "group",
        "union",
        weak=True,
    ),
    _shape(
        r"các (?:cơ quan|đơn vị|ngành|cấp(?!\s+uỷ)|tổ chức)(?:\s*,\s*(?:các\s+)?(?:cơ quan|đơn vị|ngành|tổ chức|"
        r"địa phương|doanh nghiệp))*(?:\s+(?:có\s+)?(?:liên quan|chức năng))?",
        "các cơ quan, đơn vị",
        "group",
        "other",
        weak=True,
        place=False,
    ),
    _shape(
        r"(?:các )?cơ quan (?:báo chí|truyền thông|thông tin(?: đại chúng|, báo chí|, tuyên truyền)?|thông "
        r"tấn(?:, báo chí)?)(?:, (?:báo chí|truyền thông))?",
        "các cơ quan báo chí",
        "media",
        "other",
        weak=True,
    ),
    _shape(
        r"trường (?:đại học|cao đẳng|trung cấp|chính trị)(?: y tế| nghề| sư phạm| cộng đồng| kỹ thuật)?",
        "",
        "school",
        "other",
        capital=True,
    ),
    _shape(
        r"trung tâm giáo dục (?:thường xuyên|nghề nghiệp)(?:\s*[-–]\s*giáo dục thường xuyên)?",
        "",
        "centre",
        "other",
        capital=True,
    ),
    _shape(
        r"(?:(?:các )?(?:ông,? bà )?(?:trưởng|bí thư)(?: ban| chi bộ| khối)?(?: (?:điều hành|công tác mặt trận))?"
        r"(?:,? (?:và )?(?:trưởng|bí thư|chi bộ|tổ trưởng)(?: ban| chi bộ)?)* (?:các )?|các )"
        r"(?:thôn|bản|ấp|buôn|khu phố|tổ dân phố|khu dân cư|khóm|xóm)"
        r"(?:(?:,\s*|\s+và\s+)(?:thôn|bản|ấp|buôn|khu phố|tổ dân phố|khu dân cư|khóm|xóm))*",
        "thôn, tổ dân phố",
        "group",
        "administration",
        weak=True,
        place=False,
    ),
    _shape(
        r"phòng (?!ngừa|chống|chữa|khi|thủ)(?:[^\W\d]+ ){0,5}[^\W\d]+(?=\s*:)",
        "",
        "division",
        "administration",
        weak=True,
        place=False,
        capital=True,
    ),
    _shape(r"các địa phương", "các địa phương", "group", "administration", weak=True, place=False),
    _shape(
        r"(?:các )?(?:trường học|nhà trường|cơ sở giáo dục|trường (?:thpt|thcs|tiểu học|phổ thông))",
        "các trường học",
        "group",
        "other",
        weak=True,
    ),
    _shape(
        r"các (?:huyện|xã|phường|quận)(?:\s*(?:,|và|-)\s*(?:huyện|xã|phường|thị xã|thị trấn|thành phố|đặc khu))*",
        "",
        "place",
        "administration",
        weak=True,
        place=False,
    ),
)
# Written with a capital and a proper name after it: read on the text itself.
NEWSPAPER: Final = re.compile(
    r"(?<!\w)(?P<head>Báo|BÁO)\s+(?!(?:[Cc]áo|[Cc]hí|[Đđ]ảm|CÁO|CHÍ|"
    r"ĐẢM)\b)(?P<name>(?:[A-ZĐÀ-Ỹ][\wÀ-ỹ]*)(?:\s+(?:-\s+)?[A-ZĐÀ-Ỹ][\wÀ-ỹ]*){0,4})"
    r"(?P<more>\s+và\s+(?:Đài\s+)?[Pp]hát thanh,?\s*(?:[-–]\s*|và\s+)?[Tt]ruyền hình(?:\s+tỉnh)?)?"
)
PROPER: Final = re.compile(
    r"\s+(?!(?:Công|Sở|Năm|Quý|Tháng|Ban|Ủy|Uỷ|Hội|Đoàn|Chủ|Phối|Căn|Tổ|Thực|Viện|Tòa|Toà|Cục|Chi|Bộ|Hằng|"
    r"Hàng|Phòng|Trung|Báo|Đài|Các|UBND|MTTQ|BĐBP|Liên|Tỉnh|Mặt|Xây|Tham|Triển|Rà|Hướng|Chỉ)\b)"
    r"(?P<name>[A-ZĐÀ-ÖØ-Ý][\wÀ-ỹ]*(?:\s+[A-ZĐÀ-ÖØ-Ý][\wÀ-ỹ]*){0,3}(?:\s*[-–]\s*[A-ZĐÀ-ÖØ-Ý][\wÀ-ỹ]*(?:\s+[A-ZĐÀ-ÖØ-Ý][\wÀ-ỹ]*)?)?)"
)
PROVINCE_WORDS: Final = frozenset({"tỉnh", "thành phố", "tp", "tp."})
DISTRICT_WORDS: Final = frozenset({"huyện", "quận", "thị xã", "tx", "tx."})
COMMUNE_WORDS: Final = frozenset({"xã", "phường", "thị trấn", "tt", "tt.", "đặc khu", "cơ sở"})
WORDS_OF_UNITS: Final = re.compile(_UNIT)

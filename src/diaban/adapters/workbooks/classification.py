"""The classification workbook: one row per commune, the figures that QĐ 28/2025/QĐ-TTg Điều 4 and Điều 6 ask for."""

from __future__ import annotations

from diaban.adapters.workbooks.specs import ColumnSpec, Kind, SheetSpec

_COUNT = Kind.INTEGER

CLASSIFICATION = SheetSpec(
    code="classification",
    title="Phân loại xã",
    key=("unit_code",),
    guide=(
        "Mỗi dòng là một xã, phường, đặc khu. Số liệu của chu kỳ 15/12 năm trước đến 14/12 năm nay "
        "(QĐ 28/2025/QĐ-TTg, Điều 7).",
        "Ô để trống nghĩa là chưa báo cáo, không phải bằng không. Nếu không có, ghi số 0.",
        "Không đổi dòng mã (dòng 2). Dòng tiêu đề và thứ tự cột đổi được.",
        "Không ghi họ tên, ngày sinh, số giấy tờ của bất kỳ ai: bảng này chỉ có số đếm.",
    ),
    columns=(
        ColumnSpec(
            "unit_code",
            "Mã đơn vị",
            Kind.CODE,
            required=True,
            digits=5,
            help="Mã hành chính 5 chữ số của đơn vị trong chu kỳ",
            width=12,
            example="26506",
        ),
        ColumnSpec(
            "unit_name",
            "Tên đơn vị",
            help="Chỉ để đọc; không dùng khi nhập",
            width=26,
            informative=True,
            example="Phường Vũng Tàu",
        ),
        ColumnSpec(
            "population",
            "Nhân khẩu hiện đang cư trú",
            _COUNT,
            help="Mẫu số của các tỷ lệ (Điều 4)",
            width=16,
            example="126672",
        ),
        ColumnSpec(
            "persons",
            "Người nghiện và người sử dụng có hồ sơ quản lý",
            _COUNT,
            help="Điều 4, tiêu chí a; gồm cả những người ở cột sau",
            width=18,
            example="231",
        ),
        ColumnSpec(
            "persons_exempt",
            "Trong đó: đang điều trị thay thế, cai tại gia đình, cộng đồng, quản lý sau cai",
            _COUNT,
            help="Những người Điều 6 khoản 1 loại trừ; không lớn hơn cột trước",
            width=22,
            example="80",
        ),
        ColumnSpec(
            "points",
            "Điểm tổ chức, chứa chấp sử dụng trái phép chất ma túy",
            _COUNT,
            help="Điều 2 khoản 1; Điều 4, tiêu chí b",
            width=18,
            example="1",
        ),
        ColumnSpec(
            "arrested",
            "Đối tượng phạm tội về ma túy bị bắt giữ trên địa bàn",
            _COUNT,
            help="Điều 4, tiêu chí c",
            width=18,
            example="14",
        ),
        ColumnSpec(
            "resident_offenders",
            "Người cư trú vi phạm pháp luật về ma túy trên địa bàn",
            _COUNT,
            help="Điều 6 khoản 2",
            width=18,
            example="9",
        ),
        ColumnSpec(
            "wanted_hiding",
            "Đối tượng truy nã về ma túy lẩn trốn",
            _COUNT,
            help="Điều 6 khoản 2",
            width=16,
            example="0",
        ),
        ColumnSpec(
            "plants",
            "Cây có chứa chất ma túy bị phát hiện, triệt phá (cây)",
            _COUNT,
            help="Điều 4, tiêu chí d",
            width=18,
            example="0",
        ),
        ColumnSpec("plant_m2", "Diện tích (m²)", Kind.DECIMAL, help="Điều 4, tiêu chí d", width=12, example="0"),
        ColumnSpec(
            "route",
            "Tuyến trọng điểm",
            Kind.CHOICE,
            choices={"intra": "Nội tỉnh", "inter": "Liên tỉnh"},
            help="Xã nằm trên tuyến trọng điểm được phê duyệt (Điều 3); để trống nếu không",
            width=14,
            example="Nội tỉnh",
        ),
    ),
)

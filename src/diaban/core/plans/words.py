"""Words by which the rules tell what a sentence does. In small letters, the tone on the main vowel."""

from __future__ import annotations

import re
from typing import Final

from diaban.core.plans.shadow import lower

# What an office does. Nouns made of them ("việc thực hiện") do not begin a sentence.
_WRITTEN: Final = """
    ban hành | biên soạn | biểu dương | bàn giao | bám sát | báo cáo | bảo vệ | bảo đảm | bố trí | bồi dưỡng | bổ
    sung | cai nghiện | cam kết | can thiệp | chi | chia sẻ | chuyển | chuyển hoá | chuẩn bị | chú trọng | chăm lo |
    chấm điểm | chấn chỉnh | chỉ đạo | chịu trách nhiệm | chọn | chủ trì | chủ động | cung cấp | cân đối | công bố |
    công khai | căn cứ | cải tạo | cảm hoá | cảnh báo | cấp | cấp phát | cấp phép | cập nhật | củng cố | cử | duy
    trì | dạy | dạy nghề | dự báo | dự toán | ghi nhận | giao | giám sát | giáo dục | giúp | giúp đỡ | giữ vững |
    gương mẫu | gắn | gỡ bỏ | gửi | hoàn thiện | hoàn thành | huy động | hàng năm | hàng quý | hàng tháng | hướng
    dẫn | hằng năm | hằng quý | hằng tháng | họp | hỗ trợ | in ấn | khai báo | khai thác | khen thưởng | khuyến
    khích | khám | khôi phục | không ngừng | khảo sát | khắc phục | khởi tố | kiên quyết | kiến nghị | kiềm chế |
    kiểm soát | kiểm tra | kiện toàn | kéo giảm | kêu gọi | ký | kết hợp | kết nối | kịp thời | là cơ quan | là đầu
    mối | làm giảm | làm tốt | làm đầu mối | lưu ý | lấy | lập | lắp đặt | lồng ghép | lựa chọn | mở | mở rộng |
    nghiên cứu | ngăn chặn | nhân bản | nhân rộng | nhận | nâng | nâng cao | nắm | phát hiện | phát huy | phát hành
    | phát sóng | phát thanh | phát triển | phát động | phân bổ | phân công | phân loại | phân tích | phê duyệt |
    phòng ngừa | phản ánh | phấn đấu | phối hợp | phổ biến | phục vụ | quan tâm | quy định | quyết liệt | quán triệt
    | quản lý | ra quân | rà quét | rà soát | rút kinh nghiệm | siết chặt | sàng lọc | sơ kết | sản xuất | sắp xếp |
    sử dụng | tham dự | tham gia | tham mưu | tham vấn | thanh toán | thanh tra | thay thế | theo dõi | thiết kế |
    thiết lập | thu gom | thu hồi | thu thập | thành lập | thí nghiệm | thí điểm | thông báo | thông qua | thông tin
    | thúc đẩy | thường xuyên | thẩm tra | thẩm định | thống kê | thực hiện | tiến hành | tiếp nhận | tiếp tục |
    trang bị | tranh thủ | trao đổi | triển khai | triệt phá | triệt xoá | truy bắt | truy quét | truy tố | truyền
    thông | trên cơ sở | trình | tuyên truyền | tuyển chọn | tuần tra | tích cực | tăng cường | tăng thời lượng | tư
    vấn | tạo | tạo điều kiện | tấn công | tận dụng | tập huấn | tập trung | tổ chức | tổ chức ký | tổ chức thực
    hiện | tổng hợp | tổng kết | tự chấm | vận hành | vận động | xem xét | xoá | xoá bỏ | xuất bản | xác lập | xác
    minh | xác định | xây dựng | xét nghiệm | xét xử | xử lý | yêu cầu | áp dụng | đa dạng hoá | đi sâu | điều chỉnh
    | điều tra | điều trị | đào tạo | đánh giá | đôn đốc | đăng | đăng ký | đăng tải | đưa | đảm bảo | đấu tranh |
    đầu tư | đẩy mạnh | đặt | đề cao | đề nghị | đề xuất | định hướng | định kỳ | đồng thời | đổi mới | động viên |
    ứng dụng
"""
VERBS: Final = tuple(sorted((" ".join(verb.split()) for verb in _WRITTEN.split("|")), key=len, reverse=True))
_VERB: Final = re.compile(r"\W*(?:" + "|".join(re.escape(verb.strip()) for verb in VERBS) + r")\b")
_NOT_VERB: Final = re.compile(r"\W*(?:truyền thông\s*$|thông tin và|thông tin\s*,|cai nghiện\s*$|chi cục|giáo dục và)")


def begins_with_verb(text: str) -> bool:
    """Say whether a sentence begins with something to do."""
    small = lower(text)
    return _VERB.match(small) is not None and _NOT_VERB.match(small) is None


# What a section is about, by the words of its heading or of one above it. The first that fits counts.
SECTIONS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("money", r"^(?:\W*(?:dự kiến|dự toán|nguồn|về)?\s*)(?:kinh phí|nguồn lực|ngân sách|nguồn vốn)"),
        ("duty", r"tổ chức thực hiện|phân công|trách nhiệm|giao nhiệm vụ|nhiệm vụ của các|nhiệm vụ cụ thể của"),
        ("task", r"nhiệm vụ|giải pháp|biện pháp|nội dung|hoạt động|công việc|việc cần làm|các bước|tiến độ|lộ trình|"
         r"chế độ (?:thông tin|báo cáo)|kiểm tra|công tác|tổ chức triển khai"),
        ("goal", r"mục tiêu|chỉ tiêu"),
        ("purpose", r"mục đích|yêu cầu|quan điểm|phương châm|nguyên tắc"),
        ("state", r"tình hình|thực trạng|đánh giá|kết quả|bối cảnh|tồn tại|hạn chế|nguyên nhân|đặc điểm|dự báo|"
         r"ưu điểm|bài học|sự cần thiết"),
        ("scope", r"phạm vi|đối tượng|địa bàn|thời gian|tiêu chí|căn cứ|cơ sở pháp lý|giải thích từ"),
    )
)  # fmt: skip


def section_kind(heading: str) -> str:
    """Return what a heading says that its section holds: goal, purpose, state, scope, money, task, duty, or ""."""
    small = lower(heading)
    if re.search(r"mục tiêu|chỉ tiêu", small):
        goal = re.search(r"mục tiêu|chỉ tiêu", small)
        other = re.search(r"nhiệm vụ|giải pháp|tình hình|kết quả|đánh giá|phân công|giao chỉ tiêu", small)
        if goal and (other is None or goal.start() < other.start()):
            return "goal"
    if re.match(r"\W*(?:đánh giá|tình hình|thực trạng|kết quả|bối cảnh|đặc điểm)", small) and "mục tiêu" not in small:
        return "state"
    if re.match(r"\W*(?:mục đích|yêu cầu|quan điểm)", small):
        return "purpose"
    for name, pattern in SECTIONS:
        if pattern.search(small):
            return name
    return ""

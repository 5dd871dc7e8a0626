"""Words by which the rules tell what a sentence does. In small letters, the tone on the main vowel."""

from __future__ import annotations

import re
from typing import Final

from diaban.core.plans.shadow import lower

# What an office does. Nouns made of them ("việc thực hiện") do not begin a sentence.
VERBS: Final = tuple(
    sorted(
        """ban hành|báo cáo|bảo đảm|bảo vệ|biên soạn|bàn giao|bố trí|bổ sung|bồi dưỡng|cải tạo|cân đối|cập nhật|cấp phát|cấp phép|chấm điểm|
        chấn chỉnh|chỉ đạo|chia sẻ|chịu trách nhiệm|chọn|chủ động|chủ trì|chú trọng|chuẩn bị|chuyển hoá|chuyển|công bố|công khai|
        củng cố|cung cấp|cử|dạy nghề|dạy|duy trì|dự toán|đánh giá|đào tạo|đăng tải|đăng ký|đặt|đẩy mạnh|đề nghị|đề xuất|điều tra|định hướng|
        định kỳ|đổi mới|đôn đốc|đưa|đấu tranh|đảm bảo|đầu tư|động viên|gắn|ghi nhận|giám sát|giao|giúp|giúp đỡ|giữ vững|gỡ bỏ|
        gửi|hoàn thành|hoàn thiện|hỗ trợ|họp|huy động|hướng dẫn|kết hợp|kết nối|khai báo|khai thác|khám|khảo sát|khắc phục|khen thưởng|khôi phục|
        khuyến khích|kiểm soát|kiểm tra|kiến nghị|kiện toàn|kịp thời|kiên quyết|ký|là cơ quan|là đầu mối|làm tốt|làm đầu mối|lắp đặt|lấy|lập|
        lồng ghép|lựa chọn|mở rộng|mở|nắm|nâng cao|nâng|ngăn chặn|nghiên cứu|nhân rộng|nhận|phát động|phát hiện|phát huy|phát thanh|phát triển|phân bổ|
        phân công|phân loại|phân tích|phê duyệt|phổ biến|phối hợp|phòng ngừa|phục vụ|quán triệt|quản lý|quan tâm|quyết liệt|ra quân|rà soát|rút kinh nghiệm|
        sản xuất|sắp xếp|sơ kết|tập huấn|tập trung|tận dụng|tăng cường|tăng thời lượng|tấn công|thành lập|tham gia|tham mưu|thanh tra|thẩm định|theo dõi|thí điểm|
        thiết lập|thông báo|thông tin|thông qua|thống kê|thu hồi|thu thập|thúc đẩy|thực hiện|thường xuyên|tiến hành|tiếp nhận|tiếp tục|tổ chức|tổng hợp|
        tổng kết|trang bị|tranh thủ|trao đổi|triển khai|triệt phá|triệt xoá|trình|truy bắt|truy tố|truy quét|truyền thông|tuần tra|tuyên truyền|tư vấn|tự chấm|
        ứng dụng|vận động|vận hành|xác định|xác lập|xác minh|xét xử|xét nghiệm|xoá|xoá bỏ|xử lý|xây dựng|yêu cầu|áp dụng|biểu dương|cảnh báo|
        đa dạng hoá|đi sâu|điều chỉnh|điều trị|hằng năm|hàng năm|hằng tháng|hàng tháng|hằng quý|hàng quý|không ngừng|lưu ý|phản ánh|phấn đấu|siết chặt|
        sử dụng|tạo điều kiện|tạo|tham vấn|thanh toán|thẩm tra|thu gom|tổ chức thực hiện|trên cơ sở|căn cứ|đề cao|đồng thời|gương mẫu|bám sát|
        tích cực|chăm lo|kêu gọi|khởi tố|tuyển chọn|rà quét|sàng lọc|kiềm chế|kéo giảm|làm giảm|thay thế|thiết kế|xem xét|xuất bản|in ấn|cấp|chi|
        nhân bản|tham dự|tổ chức ký|cam kết|thí nghiệm|giáo dục|cai nghiện|quy định|phát sóng|phát hành|đăng|cảm hoá|hỗ trợ|can thiệp|dự báo"""
        .replace("\n", "").replace("  ", "").split("|"),
        key=len,
        reverse=True,
    )
)  # fmt: skip
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
        ("task", r"nhiệm vụ|giải pháp|biện pháp|nội dung|hoạt động|các bước|tiến độ|lộ trình|chế độ (?:thông tin|báo cáo)|kiểm tra|công tác|tổ chức triển khai"),
        ("goal", r"mục tiêu|chỉ tiêu"),
        ("purpose", r"mục đích|yêu cầu|quan điểm|phương châm|nguyên tắc"),
        ("state", r"tình hình|thực trạng|đánh giá|kết quả|bối cảnh|tồn tại|hạn chế|nguyên nhân|đặc điểm|dự báo|ưu điểm|bài học|sự cần thiết"),
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

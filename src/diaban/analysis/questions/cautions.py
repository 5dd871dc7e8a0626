"""What answers do not say: sentences that several questions share."""

from __future__ import annotations

from diaban.analysis.tables import AreaCounts, Table
from diaban.analysis.words import number
from diaban.core.messages import N_, Message, say

RECORDED = say(
    N_(
        "Số liệu là vụ việc được ghi nhận, không phải mọi việc đã xảy ra: nơi được tuần tra hay được báo tin "
        "nhiều hơn thì "
        "ghi nhận nhiều hơn."
    )
)
NO_CAUSE = say(
    N_("Kết quả cho biết ở đâu và khi nào, không cho biết vì sao, và không nói gì về bất cứ người nào sống ở đó.")
)
POOLED = say(
    N_(
        "Các nguồn tin đang được gộp chung ({names}). Vụ do tuần tra phát hiện tăng khi tuần tra tăng; nên xem "
        "riêng từng "
        "nguồn trước khi kết luận."
    )
)
UNREPORTED = say(N_("{n} số liệu chưa báo cáo được bỏ ra ngoài, không tính là 0."))


def of_table(table: Table) -> tuple[Message, ...]:
    """Return the cautions that follow from where the data come from."""
    found = [RECORDED]
    labels = table.source
    if labels is not None:
        present = [name for place, name in enumerate(labels.names) if (labels.codes == place).any()]
        if len(present) > 1:
            found.append(Message(POOLED.msgid, {"names": ", ".join(present[:6])}))
    if isinstance(table, AreaCounts):
        missing = int((table.count < 0).sum())
        if missing:
            found.append(Message(UNREPORTED.msgid, {"n": number(missing)}))
    return tuple(found)

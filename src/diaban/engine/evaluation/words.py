"""The sentences of a verdict, in Vietnamese; translated at the edge."""

from __future__ import annotations

from collections.abc import Iterator

from diaban.core.messages import N_, Message, say
from diaban.engine.evaluation.conduct import CarriedOut, Fidelity
from diaban.engine.evaluation.power import Needed
from diaban.engine.evaluation.selection import Selection


def headline(verdict: str) -> Message:
    """Return a verdict in plain words."""
    return say(
        {
            "fell": N_("Giảm so với nơi so sánh"),
            "moved": N_("Chuyển sang xung quanh"),
            "no_difference": N_("Không thấy khác nơi so sánh"),
            "rose": N_("Tăng so với nơi so sánh"),
            "too_little": N_("Chưa đủ số liệu để kết luận"),
            "not_carried_out": N_("Việc đã định chưa làm đủ nên chưa nói đến tác dụng"),
            "one_sided": N_("Chỉ có số do lực lượng tự phát hiện nên không đánh giá được"),
        }[verdict]
    )


def confidence(value: str) -> Message:
    """Return a confidence in plain words."""
    return say(
        {
            "none": N_("không kết luận"),
            "moderate": N_("tương đối chắc"),
            "high": N_("chắc"),
        }[value]
    )


def around(reading: str) -> Message:
    """Return what is said of the surroundings."""
    return say(
        {
            "displaced": N_("Vùng xung quanh tăng rõ hơn nơi so sánh."),
            "diffused": N_("Vùng xung quanh cũng giảm rõ so với nơi so sánh."),
            "no_evidence": N_("Không thấy dấu hiệu chuyển sang vùng xung quanh."),
            "inconclusive": N_("Chưa rõ có chuyển sang vùng xung quanh hay không."),
        }[reading]
    )


def of_fidelity(fidelity: Fidelity | None) -> Iterator[Message]:
    """Say how much of the planned work was done."""
    if fidelity is None or fidelity.judged is CarriedOut.UNKNOWN:
        yield say(N_("Chưa đủ số về việc đã làm, nên không biết thay đổi có phải do việc đó hay không."))
        return
    if fidelity.stated is not None:
        yield say(
            N_("Đã làm {share} % số việc đã định; ngưỡng do đơn vị đặt là {least} %."),
            share=round(100 * fidelity.stated),
            least=round(100 * fidelity.least_share),
        )
        return
    yield say(
        N_("Đã làm xong {done}/{planned} việc; ngưỡng do đơn vị đặt là {least} %."),
        done=fidelity.done,
        planned=fidelity.planned,
        least=round(100 * fidelity.least_share),
    )


def one_sided() -> Message:
    """Say that a basket of arrests alone decides nothing."""
    return say(
        N_(
            "Số bắt giữ và số do tuần tra phát hiện tăng giảm theo mức độ hoạt động của lực lượng. "
            "Cần ít nhất một chỉ số khác, ví dụ tin báo của người dân."
        )
    )


def needed(value: Needed | None) -> Message:
    """Say how much would be needed."""
    if value is None:
        return say(N_("Trước khi làm không có vụ nào ở nơi làm hoặc ở nơi so sánh, nên không có gì để so."))
    percent = round(100 * (1 - value.ratio))
    if value.periods is None:
        return say(
            N_("Muốn thấy mức giảm {percent} % thì cần khoảng {events} vụ ở nơi làm trong giai đoạn trước."),
            percent=percent,
            events=value.events,
        )
    return say(
        N_(
            "Muốn thấy mức giảm {percent} % thì cần khoảng {events} vụ ở nơi làm trong giai đoạn trước, tức khoảng "
            "{periods} kỳ trước và {periods} kỳ sau theo mức hiện nay."
        ),
        percent=percent,
        events=value.events,
        periods=value.periods,
    )


def drowned() -> Message:
    """Say that no number of events would do."""
    return say(
        N_(
            "Các nơi vốn tăng giảm khác nhau nhiều, nên thêm số vụ ở một nơi cũng không thấy được; cần làm và so sánh "
            "ở nhiều nơi hơn."
        )
    )


def contradiction() -> Message:
    """Say that the indicators point both ways."""
    return say(N_("Các chỉ số nói ngược nhau: có chỉ số giảm, có chỉ số tăng."))


def by_itself(name: str, selection: Selection) -> Message:
    """Say that a place chosen for a bad year comes down by itself."""
    return say(
        N_(
            "{name}: nơi được chọn vì đang cao thường tự giảm. Không làm gì thì {before} vụ cũng còn khoảng "
            "{after} vụ; thực tế là {seen} vụ, chưa khác rõ mức đó."
        ),
        name=name,
        before=selection.observed_before,
        after=round(selection.expected_after),
        seen=selection.observed_after,
    )


def only_one() -> Message:
    """Say that one indicator is little."""
    return say(N_("Mới có một chỉ số; nên xem thêm chỉ số khác trước khi quyết định."))

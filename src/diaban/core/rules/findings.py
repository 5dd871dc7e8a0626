"""Where the text of the law leaves a hole or contradicts itself for this very unit, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from diaban.core.messages import N_, Message, say
from diaban.core.rules.figures import label
from diaban.core.rules.judgement import Judgement
from diaban.core.rules.model import Gap, Reading
from diaban.core.rules.wording import COMMA, grouped, joined, percent


@dataclass(frozen=True, slots=True)
class Finding:
    """One named gap or overlap seen in one assessment. `kind` is "conflict" or "note"."""

    code: str
    name: str
    kind: str
    sentence: Message
    handling: str


Detector = Callable[[Judgement, Gap], Iterator[Message]]


def find(judgement: Judgement) -> tuple[Finding, ...]:
    """Return what the known gaps of the rule set mean for this unit, in the order of the gaps."""
    return tuple(
        Finding(gap.code, gap.name, gap.kind, sentence, gap.handling)
        for gap in judgement.table.ruleset.gaps
        if gap.detect and gap.subject in ("", judgement.table.scheme.subject)
        for sentence in DETECTORS[gap.detect](judgement, gap)
    )


def class_name(klass: str | None, subject: str = "commune") -> Message:
    """Return "loại I", "không thuộc loại nào"; of a province "địa bàn trọng điểm" or not."""
    if klass is None:
        if subject == "province":
            return say(N_("không phải địa bàn trọng điểm"))
        return say(N_("không thuộc loại nào"))
    return say(N_("địa bàn trọng điểm")) if klass == "key" else say(N_("loại {klass}"), klass=klass)


def _certain(judgement: Judgement) -> bool:
    return all(outcome.certain for outcome in judgement.outcomes.values())


def _readings_differ(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    literal = judgement.outcomes[Reading.LITERAL]
    at_least = judgement.outcomes[Reading.AT_LEAST]
    if _certain(judgement) and literal.klass != at_least.klass:
        yield say(
            N_(
                "Hai cách đọc cho hai kết quả ({literal}; {at_least}) vì luật viết từng bậc “từ … đến dưới …”. "
                "Người duyệt chọn một cách đọc."
            ),
            literal=class_name(literal.klass),
            at_least=class_name(at_least.klass),
        )


def _key_and_drug_free(judgement: Judgement, gap: Gap) -> Iterator[Message]:
    """Key and drug-free at once because of `gap.measure`."""
    if judgement.drug_free is not True:
        return
    table = judgement.table
    classes = [outcome.klass for outcome in judgement.outcomes.values() if outcome.klass is not None]
    met = [
        criterion
        for criterion, hit in zip(table.criteria, judgement.met[Reading.AT_LEAST], strict=True)
        if hit and criterion.measure == gap.measure
    ]
    if classes and met:
        yield say(
            N_("Vừa đủ điều kiện “không ma túy”, vừa thuộc {klass} vì đạt tiêu chí {code}. Người duyệt quyết định."),
            klass=class_name(classes[0]),
            code=met[-1].code,
        )


def _neither(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    """No class under a reading, and not drug-free."""
    none = [reading for reading, outcome in judgement.outcomes.items() if outcome.certain and outcome.klass is None]
    if not none or judgement.drug_free is not False:
        return
    name = say(N_("không thuộc loại trọng điểm, chưa đạt không ma túy"))
    if len(none) == len(judgement.outcomes):
        yield say(N_("Địa bàn này {name}: vẫn là địa bàn phải theo dõi."), name=name)
    else:
        yield say(N_("Đọc đúng từng chữ thì {name}: vẫn là địa bàn phải theo dõi."), name=name)


def _level_without_class(judgement: Judgement, gap: Gap) -> Iterator[Message]:
    """A high level on a measure that the lowest class does not look at, and no class at all."""
    if not _certain(judgement) or any(outcome.klass is not None for outcome in judgement.outcomes.values()):
        return
    hit = [
        criterion.code
        for criterion, met in zip(judgement.table.criteria, judgement.met[Reading.LITERAL], strict=True)
        if met and criterion.measure == gap.measure
    ]
    if hit:
        yield say(
            N_("Đạt tiêu chí {code} nhưng không thuộc loại nào: loại III không có tiêu chí về điểm."), code=hit[0]
        )


def _several_classes(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    """Enough criteria of two classes at once as the bands are written."""
    levels = judgement.exact
    if levels is None:
        return
    table = judgement.table
    verdict = table.verdicts(table.measure_levels(levels), judgement.route)[Reading.LITERAL]
    if len(verdict.satisfied) > 1:
        yield say(
            N_("Đủ tiêu chí của {classes} cùng lúc; lấy loại cao nhất."),
            classes=joined((class_name(klass) for klass in verdict.satisfied), COMMA),
        )


def _required_missing(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    for figure in judgement.refused:
        if judgement.value(figure) == 0:
            yield say(N_("Chưa phân loại được: {label} bằng 0."), label=label(figure))
        else:
            yield say(N_("Chưa phân loại được: thiếu {label}."), label=label(figure))


def _zero_left_out(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    """No class, but a class if zero met "dưới …"."""
    table = judgement.table
    zeros = [
        label(quantity.figure)
        for quantity, ladder in zip(table.quantities, table.ladders, strict=True)
        if judgement.value(quantity.figure) == 0
        and not ladder.zero_counts
        and any(rung.band.low is None for rung in ladder.rungs)
    ]
    nowhere = any(outcome.certain and outcome.klass is None for outcome in judgement.outcomes.values())
    if zeros and nowhere:
        yield say(N_("Đọc sát chữ thì số 0 cũng là “dưới” ngưỡng loại III; đang đặt: số 0 không tính là đạt tiêu chí."))


def _recursion_matters(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    levels = judgement.exact
    if levels is None or not judgement.route:
        return
    table = judgement.table
    measures = table.measure_levels(levels)
    plain = table.verdicts(measures, judgement.route, recursion=False)[Reading.LITERAL]
    deep = table.verdicts(measures, judgement.route, recursion=True)[Reading.LITERAL]
    for criterion, without, within in zip(table.criteria, plain.met, deep.met, strict=True):
        if within and not without:
            yield say(
                N_("Tiêu chí {code} chỉ đạt nếu tính cả tiêu chí đ của loại dưới; loại của địa bàn không đổi."),
                code=criterion.code,
            )


def _higher_counted(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    """The route criterion is met thanks to measures above the class it refers to."""
    levels = judgement.exact
    if levels is None:
        return
    table = judgement.table
    measures = table.measure_levels(levels)
    for criterion, met in zip(table.criteria, judgement.met[Reading.LITERAL], strict=True):
        if not met or not criterion.others_class:
            continue
        rank = table.ranks[criterion.others_class]
        above = sum(level > rank for level in measures)
        if above and sum(level == rank for level in measures) < criterion.others:
            yield say(
                N_("Tiêu chí {code}: {n} tiêu chí ở mức cao hơn loại {klass} cũng được tính, vì luật viết “trở lên”."),
                code=criterion.code,
                n=above,
                klass=criterion.others_class,
            )


def _small_unit(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    """A legal share of the population is only a few persons."""
    limit = judgement.table.settings.get("small_unit_persons")
    if type(limit) is not int:
        return
    parts: list[Message] = []
    smallest: int | None = None
    for quantity, ladder, base in zip(
        judgement.table.quantities, judgement.table.ladders, judgement.bases, strict=True
    ):
        if quantity.per is None or base is None:
            continue
        bounds = [rung.band.low for rung in reversed(ladder.rungs) if rung.band.low is not None]
        for bound in bounds:
            least = bound.least(base)
            smallest = least if smallest is None else min(smallest, least)
            parts.append(
                say(
                    N_("{share} {label} là {n} người"),
                    share=percent(bound),
                    label=say(SHORT.get(quantity.figure, quantity.unit)),
                    n=grouped(least),
                )
            )
    if smallest is not None and smallest <= limit:
        yield say(
            N_("{parts}. Chênh vài người là đổi mức, nên xem cả các năm trước."),
            parts=joined(parts, COMMA),
        )


SHORT: Mapping[str, str] = MappingProxyType(
    {"persons": N_("người có hồ sơ"), "arrested": N_("người bị bắt"), "key_communes": N_("xã loại I, II")}
)


def _contradiction(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    """Figures that cannot be true together."""
    pairs = (("persons_exempt", "persons"), ("persons", "population"), ("dependent", "persons"))
    for part, whole in (*pairs, ("key_communes", "communes")):
        small, big = judgement.value(part), judgement.value(whole)
        if small is not None and big is not None and small > big:
            yield say(
                N_("Số liệu không khớp: {part} ({a}) lớn hơn {whole} ({b})."),
                part=label(part),
                a=grouped(small),
                whole=label(whole),
                b=grouped(big),
            )


def _thresholds_unset(judgement: Judgement, _gap: Gap) -> Iterator[Message]:
    unset = [rule.code for rule in judgement.table.scheme.classes if rule.code in judgement.table.unset]
    if unset and not _certain(judgement):
        yield say(
            N_("Chưa có ngưỡng của {classes} (do đơn vị đặt), nên chưa kết luận được."),
            classes=joined((class_name(klass) for klass in unset), COMMA),
        )


DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {
        "readings_differ": _readings_differ,
        "key_and_drug_free": _key_and_drug_free,
        "neither": _neither,
        "level_without_class": _level_without_class,
        "several_classes": _several_classes,
        "required_missing": _required_missing,
        "zero_left_out": _zero_left_out,
        "recursion_matters": _recursion_matters,
        "higher_counted": _higher_counted,
        "small_unit": _small_unit,
        "contradiction": _contradiction,
        "thresholds_unset": _thresholds_unset,
    }
)

"""Who sees and does what in the registers of places: own, next door, divided, far away; every path tells the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hotspots_cast import AT, PAPER, Province, build, spot, step

from cast import give
from diaban.apps.access import AccessRefused, Permission, rights_at
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.hotspots import actions, listing, queries
from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident, Route
from diaban.apps.hotspots.sheets import HotspotSheet, IncidentSheet, RouteSheet
from diaban.apps.places.models import Unit
from diaban.apps.places.scope import read_scope
from diaban.core.lifecycle import StepRefused

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 2)
CANARY = "Chim Hoàng Yến"
WHY = {"ly_do": "Đối chiếu số liệu với các xã"}
VOIDING = {"on": DAY, "document": "1/BB", "decider": "Trưởng Công an phường", "reason": "Ghi nhầm"}
PLACES = ("commune_police", "26506"), ("commune_police", "26509"), ("commune_police", "26732")


@dataclass(frozen=True)
class People:
    """Bình of Phường Hợp Nhất, Hà of Phường Bắc, Khoa of Phường Đảo; Lan leads where Bình serves; An has it all."""

    province: Province
    an: User
    binh: User
    ha: User
    khoa: User
    lan: User
    minh: User
    giang: User
    dung: User


def officer(name: str, role: str = "", code: str = "") -> User:
    user = User.objects.create(username=name, full_name=name.title())
    return give(user, role, code) if role else user


@pytest.fixture
def people() -> People:
    province = build()
    return People(
        province,
        officer("an2", "provincial_police"),
        officer("binh", *PLACES[0]),
        officer("ha", *PLACES[1]),
        officer("khoa", *PLACES[2]),
        officer("lan", "commune_leader", "26506"),
        officer("minh", "provincial_leader"),
        officer("giang", "department"),
        officer("dung"),
    )


def page(user: User) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def incident(by: User, where: Unit, **given: Any) -> Incident:
    values: dict[str, Any] = {"on": DAY, "kind": "su_dung", "source": "tip", "arrested": 3}
    return actions.record_incident(by=by, at=AT, unit=where, **(values | given))


def route(by: User, *units: Unit, **given: Any) -> Route:
    values = {"name": "Tuyến thử", "reach": "intra", "valid_from": date(2026, 1, 1)}
    return actions.record_route(by=by, at=AT, values=values | given, units=units)


def sentences(refused: StepRefused) -> str:
    return " ".join(str(problem.message) for problem in refused.problems)


# What is seen


PATHS = (
    "/diem/", "/diem/?xem=ban-do", "/diem/?xem=bieu-do", "/diem/?q=chim", "/diem/?q=bai", "/diem/?ky=2026-10",
    "/diem/?don_vi={north}", "/diem/?don_vi={north}&xem=ban-do", "/diem/?don_vi={province}", "/diem/?sort=don_vi",
    "/diem/?don_vi={province}&xem=ban-do", "/diem/?don_vi={province}&xem=bieu-do", "/diem/?trang_thai=voided",
    "/diem/{own}/", "/diem/{own}/sua/", "/diem/{own}/buoc/eliminate/", "/diem/{own}/buoc/merge/",
    "/diem/{foreign}/", "/diem/moi/", "/diem/moi/?don_vi={north}",
    "/vu-viec/", "/vu-viec/?xem=ban-do", "/vu-viec/?xem=bieu-do", "/vu-viec/?don_vi={province}&xem=ban-do",
    "/vu-viec/?diem={foreign}", "/vu-viec/?diem={foreign}&don_vi={province}", "/vu-viec/?huy=1", "/vu-viec/{tied}/",
    "/vu-viec/{tied}/sua/", "/vu-viec/moi/", "/vu-viec/moi/?diem={foreign}",
    "/tuyen/", "/tuyen/?tat_ca=1", "/tuyen/?xem=ban-do", "/tuyen/?huy=1",
    "/chuoi-so-lieu/", "/chuoi-so-lieu/?don_vi={province}", "/chuoi-so-lieu/?don_vi={north}&so_lieu=cuoi_ky",
    "/chuoi-so-lieu/?don_vi={province}&so_lieu=diem_moi&xem=ban-do", "/chuoi-so-lieu/?so_lieu=cuoi_ky&ngay=2025-06-30",
    "/chuoi-so-lieu/?don_vi={province}&tu_ky=2025-05&den_ky=2025-09", "/chuoi-so-lieu/?don_vi={province}&xem=bieu-do",
    "/chuoi-so-lieu/?don_vi={province}&so_lieu=bi_bat&o=~2026-10",
    "/chuoi-so-lieu/?don_vi={province}&so_lieu=diem_moi&o=~2026-10",
    "/ghi-nhan/", "/ghi-nhan/?loai=diem", "/diem/gia-tri/", "/don-vi/{merged}/", "/don-vi/{north}/",
)  # fmt: skip
FILES = (
    "/diem/xuat.csv", "/diem/xuat.csv?don_vi={province}", "/diem/xuat.csv?q=chim",
    "/vu-viec/xuat.csv?don_vi={province}", "/vu-viec/xuat.csv?diem={foreign}",
    "/chuoi-so-lieu/xuat.csv?don_vi={province}",
)  # fmt: skip


def news(said: str, before: str) -> list[str]:
    """Return the lines that were not there before."""
    return [line for line in said.splitlines() if line not in before.splitlines()]


def steady(answer: Any) -> str:
    """Return a page without what differs between any two: tokens, the moment of a mark, the measured time."""
    body = b"".join(answer.streaming_content).decode() if answer.streaming else unescape(answer.content.decode())
    body = re.sub(r'csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", body)
    return re.sub(r"\d\d:\d\d \d\d/\d\d/\d{4}|\d\d/\d\d/\d{4} \d\d:\d\d", "", body)


def disturb(people: People, own: Hotspot, tied: Incident) -> None:
    """Fill the registers next door and far away, and tie some of it to what Bình keeps."""
    cast, an = people.province, people.an
    other = spot(cast, cast.north, DAY, name=f"{CANARY} Bắc", code="DTD-26506-0900", lon=107.2, lat=10.5)
    third = spot(cast, cast.split, date(2024, 3, 1), name=f"{CANARY} Chia", lon=107.2, lat=10.5)
    spot(cast, cast.island, DAY, name=f"{CANARY} Đảo")
    step(cast, other, "eliminate", date(2026, 10, 5), grade="co_tai_lieu")
    actions.void_incident(incident=incident(an, cast.north, place=CANARY), by=an, at=AT, **VOIDING)
    incident(an, cast.north, place=CANARY, hotspot=own)
    incident(an, cast.split, on=date(2025, 6, 2), place=CANARY)
    step(cast, third, "merge", date(2026, 10, 6), target=own)
    Incident.objects.filter(pk=tied.pk).update(hotspot=other)
    route(an, cast.north, cast.island, name=f"Tuyến {CANARY}")
    actions.void_route(route=route(an, cast.island, name=f"Tuyến hủy {CANARY}"), by=an, at=AT, **VOIDING)


def test_no_page_and_no_file_tells_anything_of_what_is_out_of_sight(people: People) -> None:
    cast, an = people.province, people.an
    own = spot(cast, cast.merged, DAY, name="Bãi sau chợ", lon=107.1, lat=10.4)
    spot(cast, cast.one, date(2024, 1, 2))  # since when the registers are kept is known to all
    incident(an, cast.one, on=date(2025, 5, 20))
    tied = incident(an, cast.merged, place="Hẻm 5")
    route(an, cast.merged, cast.north, name="Tuyến chung")
    Hotspot.objects.filter(pk=own.pk).update(code="DTD-26506-0901")  # so that the next code is the same in both worlds
    names = {
        "own": own.pk, "foreign": own.pk + 2, "tied": tied.pk, "north": cast.north.uid, "merged": cast.merged.uid,
        "province": cast.province.uid,
    }  # fmt: skip
    client = page(people.binh)
    addresses = [path.format(**names) for path in PATHS]
    files = [f"{path}{'&' if '?' in path else '?'}ly_do={WHY['ly_do']}" for path in FILES]
    addresses += [path.format(**names) for path in files]
    answers = {address: client.get(address) for address in addresses}
    quiet = {address: (answer.status_code, steady(answer)) for address, answer in answers.items()}
    disturb(people, own, tied)
    for address in addresses:
        answer = client.get(address)
        said = steady(answer)
        assert CANARY not in said, address
        status, before = quiet[address]
        assert not news(said, before), address
        assert (answer.status_code, said) == (status, before), address
    assert CANARY in text(page(an).get("/diem/"))


def kept(people: People) -> Iterator[tuple[str, Any, Permission]]:
    cast, an = people.province, people.an
    for where in (cast.one, cast.merged, cast.split, cast.north, cast.island):
        day = date(2025, 3, 3) if where in (cast.one, cast.split) else DAY
        made = spot(cast, where, day)
        yield f"/diem/{made.pk}/", made, Permission.HOTSPOT_VIEW
        event = incident(an, where, on=day)
        yield f"/vu-viec/{event.pk}/", event, Permission.INCIDENT_VIEW


def test_list_page_file_and_policy_agree_for_everybody(people: People) -> None:
    records = list(kept(people))
    everybody = (people.an, people.binh, people.ha, people.khoa, people.lan, people.minh, people.giang, people.dung)
    seen: dict[str, set[str]] = {}
    for user in everybody:
        client, rights = page(user), rights_at(user, AT)
        listed: set[int | str] = set()
        for address in ("/diem/", "/vu-viec/"):
            answer = client.get(address, {"don_vi": people.province.province.uid})
            listed |= {row[0].href for row in answer.context["rows"]} if answer.status_code == 200 else set()
        for address, record, permission in records:
            allowed = rights.can(permission, unit=record.unit_id).allowed
            status = client.get(address).status_code
            assert (address in listed) is allowed
            assert status == (200 if allowed else 404 if rights.holds(permission) else 403)
            if allowed:
                seen.setdefault(user.username, set()).add(Unit.objects.get(pk=record.unit_id).uid)
    cast = people.province
    assert seen["binh"] == seen["lan"] == {cast.one.uid, cast.merged.uid}  # what was merged, not what was divided
    assert seen["ha"] == {cast.north.uid}
    assert seen["khoa"] == {cast.island.uid}
    assert len(seen["an2"]) == len(seen["minh"]) == 5
    assert "giang" not in seen
    assert "dung" not in seen


def test_a_record_out_of_sight_is_a_record_that_is_not_there(people: People) -> None:
    cast, an = people.province, people.an
    made, event, way = spot(cast, cast.north, DAY), incident(an, cast.north), route(an, cast.north)
    client = page(people.binh)
    for path, pk in (
        ("/diem/{}/", made.pk), ("/diem/{}/sua/", made.pk), ("/diem/{}/buoc/eliminate/", made.pk),
        ("/diem/{}/hoan-tac/", made.pk), ("/diem/{}/huy-ghi-nhan/", made.pk), ("/diem/{}/khoi-phuc/", made.pk),
        ("/vu-viec/{}/", event.pk), ("/vu-viec/{}/sua/", event.pk), ("/vu-viec/{}/huy-ghi-nhan/", event.pk),
        ("/tuyen/{}/", way.pk), ("/tuyen/{}/huy-ghi-nhan/", way.pk),
    ):  # fmt: skip
        for method in (client.get, client.post):
            there, nowhere = method(path.format(pk)), method(path.format(909090))
            assert there.status_code == nowhere.status_code, path
            assert there.status_code in (404, 405), path  # 405: a page that is only read
            assert steady(there).replace(path.format(pk), "") == steady(nowhere).replace(path.format(909090), ""), path


def test_a_record_that_moves_changes_hands(people: People) -> None:
    cast = people.province
    made = spot(cast, cast.merged, DAY, name="Bãi Dời")
    incident(people.an, cast.merged, hotspot=made)
    assert page(people.binh).get(f"/diem/{made.pk}/").status_code == 200
    assert page(people.ha).get(f"/diem/{made.pk}/").status_code == 404
    step(cast, made, "move", date(2026, 10, 9), unit=cast.north)
    assert page(people.binh).get(f"/diem/{made.pk}/").status_code == 404
    shown = text(page(people.ha).get(f"/diem/{made.pk}/"))
    assert "Chuyển địa bàn" in shown
    assert "Chưa có vụ việc nào gắn với điểm này" in shown  # the incident stayed where it happened
    # It counts where it was listed, and is named only to those who see it now.
    query = {"so_lieu": "diem_moi", "tu_ky": "2026-10", "den_ky": "2026-11", "o": f"{cast.merged.uid}~2026-10"}
    told = page(people.binh).get("/chuoi-so-lieu/", query)
    assert told.context["table"].total.figures[0].amount == 1
    assert "Bãi Dời" not in text(told)
    with pytest.raises(AccessRefused):  # the taker may not push it back
        actions.undo_step(hotspot=made, by=people.ha, at=AT, **VOIDING | {"on": date(2026, 10, 10)})
    assert "/hoan-tac/" not in shown
    assert page(people.ha).get(f"/diem/{made.pk}/hoan-tac/").status_code == 403


# What is done


def acts(people: People, where: Unit) -> Iterator[tuple[str, Any]]:
    """Yield every act on a record of `where`, as a call that takes who acts."""
    cast, an = people.province, people.an
    made = spot(cast, where, DAY)
    loose = actions.create_hotspot(
        by=an, at=AT, unit=where, on=DAY, name="Hẻm", kind="diem_nguy_co", grade="nghi_van", **PAPER
    )
    event = incident(an, where)
    decide = actions.Decision(verb="plan", on=DAY, **PAPER)
    opened = {"name": "Mới", "kind": "diem_nguy_co", "grade": "nghi_van", "on": DAY, **PAPER}
    row = actions.HotspotRow(where.pk, f"X-{where.pk}", "Bãi", "diem_nguy_co", "nghi_van", detected_on=DAY, **PAPER)
    line = actions.IncidentRow(where.pk, DAY, f"Y-{where.pk}", "su_dung", "patrol")
    yield "open", lambda by: actions.create_hotspot(by=by, at=AT, unit=where, **opened)
    yield "describe", lambda by: actions.edit_hotspot(hotspot=made, by=by, at=AT, changes={"note": by.username})
    yield "check", lambda by: actions.check_step(hotspot=made, decision=decide, by=by, at=AT)
    yield "step", lambda by: actions.take_step(hotspot=made, decision=decide, by=by, at=AT)
    yield "undo", lambda by: actions.undo_step(hotspot=made, by=by, at=AT, **VOIDING)
    yield "void spot", lambda by: actions.void_hotspot(hotspot=loose, by=by, at=AT, **VOIDING)
    yield "restore spot", lambda by: actions.restore_hotspot(hotspot=loose, by=by, at=AT, **VOIDING)
    yield "incident", lambda by: incident(by, where)
    yield "correct", lambda by: actions.edit_incident(incident=event, by=by, at=AT, changes={"cases": 4})
    yield "void incident", lambda by: actions.void_incident(incident=event, by=by, at=AT, **VOIDING)
    yield "restore incident", lambda by: actions.restore_incident(incident=event, by=by, at=AT, **VOIDING)
    yield "import spots", lambda by: actions.bulk_upsert_hotspots([row], by=by, at=AT)
    yield "import incidents", lambda by: actions.bulk_upsert_incidents([line], by=by, at=AT)


def test_every_act_asks_for_the_unit_it_is_done_at(people: People) -> None:
    cast = people.province
    for where, may in ((cast.merged, people.binh), (cast.north, people.ha), (cast.island, people.an)):
        others = [
            one for one in (people.binh, people.ha, people.lan, people.minh, people.giang, people.dung) if one != may
        ]
        for name, act in acts(people, where):
            before = (Hotspot.objects.count(), HotspotStep.objects.count(), Incident.everything.count())
            for by in others:
                with pytest.raises((AccessRefused, actions.BulkRefused)):
                    act(by)
            after = (Hotspot.objects.count(), HotspotStep.objects.count(), Incident.everything.count())
            assert before == after, name
            act(may)


def test_what_goes_from_unit_to_unit_is_asked_at_both_ends(people: People) -> None:
    cast, an, binh = people.province, people.an, people.binh
    own, other = spot(cast, cast.merged, DAY), spot(cast, cast.north, DAY, name=CANARY)
    old = spot(cast, cast.one, date(2025, 2, 2))
    reason = {"reason": "Rà soát", **PAPER}
    for decision in (
        actions.Decision(verb="move", on=DAY, unit=cast.north, **reason),
        actions.Decision(verb="merge", on=DAY, target=other, **reason),
    ):
        with pytest.raises(AccessRefused):
            actions.take_step(hotspot=own, decision=decision, by=binh, at=AT)
    with pytest.raises(AccessRefused):
        actions.edit_incident(incident=incident(an, cast.merged), by=binh, at=AT, changes={"unit": cast.north})
    with pytest.raises(AccessRefused):
        incident(binh, cast.merged, hotspot=other)
    with pytest.raises(AccessRefused):
        actions.edit_incident(incident=incident(an, cast.merged), by=binh, at=AT, changes={"hotspot": other})
    # Within one's reach, what was is moved to what is; out of the province it leaves from one end.
    moved = actions.take_step(
        hotspot=old, decision=actions.Decision(verb="move", on=DAY, unit=cast.merged, **reason), by=binh, at=AT
    )
    assert moved.unit_id == cast.merged.pk
    gone = actions.take_step(hotspot=own, decision=actions.Decision(verb="hand_over", on=DAY, **reason), by=binh, at=AT)
    assert gone.state == "moved"


def test_forms_offer_only_what_one_may_write_to(people: People) -> None:
    cast = people.province
    client = page(people.binh)
    for address in ("/diem/moi/", "/vu-viec/moi/", "/ghi-nhan/", "/ghi-nhan/?loai=diem"):
        for query in ({}, {"don_vi": cast.north.uid}, {"don_vi": cast.province.uid}):
            field = client.get(address, query).context["form"]["unit"]
            assert [value for value, _label in field.field.choices if value] == [cast.merged.uid]
            assert field.value() == cast.merged.uid
    assert len(page(people.an).get("/ghi-nhan/").context["form"].fields["unit"].choices) == 4
    answer = client.post(
        "/ghi-nhan/", {"unit": cast.north.uid, "kind": "su_dung", "source": "patrol", "on": DAY.isoformat()}
    )
    assert answer.status_code == 422
    assert not Incident.objects.exists()
    for name in ("lan", "minh", "giang", "dung"):
        assert page(getattr(people, name)).get("/ghi-nhan/").status_code == 403


def test_a_code_out_of_sight_is_no_code(people: People) -> None:
    cast = people.province
    own, other = spot(cast, cast.merged, DAY), spot(cast, cast.north, DAY, name=CANARY)
    within = rights_at(people.binh, AT).units(Permission.HOTSPOT_VIEW)
    assert queries.find_spot(own.code, within) == own
    unknown = str(queries.find_spot("DTD-1", within))
    assert str(queries.find_spot(other.code, within)) == unknown.replace("DTD-1", other.code)
    Hotspot.objects.filter(pk=other.pk).update(code=own.code, province=cast.north)
    assert queries.find_spot(own.code, within) == own  # two carry it; of one, nothing is said
    assert queries.reference(own, within) == own.code
    assert "Phường Bắc" in str(queries.find_spot(own.code, None))
    answer = page(people.binh).post(
        f"/diem/{own.pk}/buoc/merge/", {"on": "2026-10-03", "target": other.code, "reason": "x", **PAPER}
    )
    assert CANARY not in text(answer)


def test_a_tie_that_is_not_seen_is_kept(people: People) -> None:
    cast, an = people.province, people.an
    other = spot(cast, cast.north, DAY, name=CANARY)
    event = incident(an, cast.merged, hotspot=other)
    client = page(people.binh)
    shown = text(client.get(f"/vu-viec/{event.pk}/"))
    assert other.code not in shown
    assert "không gắn với điểm nào trong phạm vi được xem" in shown
    form = {"on": DAY.isoformat(), "unit": cast.merged.uid, "kind": "mua_ban", "source": "tip"}
    lines = {"tang_vat-TOTAL_FORMS": "0", "tang_vat-INITIAL_FORMS": "0"}
    assert client.post(f"/vu-viec/{event.pk}/sua/", form | lines).status_code == 302
    event.refresh_from_db()
    assert (event.kind, event.hotspot_id) == ("mua_ban", other.pk)


def test_what_leans_on_a_spot_is_named_only_if_seen(people: People) -> None:
    cast, an = people.province, people.an
    made = actions.create_hotspot(
        by=an, at=AT, unit=cast.merged, on=DAY, name="Hẻm", kind="diem_nguy_co", grade="nghi_van", **PAPER
    )
    far = incident(an, cast.north, hotspot=made)
    with pytest.raises(StepRefused) as caught:
        actions.void_hotspot(hotspot=made, by=people.binh, at=AT, **VOIDING)
    assert far.code not in sentences(caught.value)
    assert "ngoài phạm vi" in sentences(caught.value)
    near = incident(an, cast.merged, hotspot=made)
    with pytest.raises(StepRefused) as caught:
        actions.void_hotspot(hotspot=made, by=people.binh, at=AT, **VOIDING)
    assert near.code in sentences(caught.value)
    assert far.code not in sentences(caught.value)
    with pytest.raises(StepRefused) as caught:
        actions.void_hotspot(hotspot=made, by=an, at=AT, **VOIDING)
    assert far.code in sentences(caught.value)


# Workbooks


def told(problems: dict[int, Any]) -> dict[int, list[tuple[str, str]]]:
    return {index: [(one.field, str(one.message)) for one in found] for index, found in problems.items()}


def test_a_row_out_of_reach_says_the_same_whatever_is_there(people: People) -> None:
    cast = people.province
    there, own = spot(cast, cast.north, DAY, name=CANARY), spot(cast, cast.one, date(2025, 2, 2))
    event = incident(people.an, cast.north, place=CANARY)
    free, taken = spot(cast, cast.island, DAY, code="TỰ ĐẶT 1"), "TỰ ĐẶT 1"
    assert free.code == taken
    base = actions.HotspotRow(cast.merged.pk, "", "Bãi", "diem_nguy_co", "nghi_van", detected_on=DAY, **PAPER)
    rows = [
        replace(base, unit_id=cast.north.pk, code=there.code),
        replace(base, unit_id=cast.north.pk, code="DTD-26509-0777"),
        replace(base, code=there.code),
        replace(base, code="DTD-26509-0777"),
        replace(base, code=taken),
        replace(base, code="TỰ ĐẶT 2"),
        replace(base, code=own.code, detected_on=None, note="Ghi thêm", kind=None, grade=None, name=None),
    ]
    found = told(actions.check_hotspot_rows(rows, by=people.binh, at=AT))
    assert set(found) == {0, 1, 2, 3, 4}
    assert found[0] == found[1]
    assert [(f, w.replace(there.code, "DTD-26509-0777")) for f, w in found[2]] == found[3]
    assert CANARY not in str(found)
    with pytest.raises(actions.BulkRefused):
        actions.bulk_upsert_hotspots(rows, by=people.binh, at=AT)
    assert actions.bulk_upsert_hotspots(rows[5:], by=people.binh, at=AT).created == 1
    line = actions.IncidentRow(cast.merged.pk, DAY, "", "su_dung", "patrol")
    lines = [
        replace(line, unit_id=cast.north.pk, code=event.code),
        replace(line, code=event.code),
        replace(line, code="V-1", hotspot_code=there.code),
        replace(line, code="V-2", hotspot_code="KHÔNG CÓ"),
        replace(line, code="V-3", hotspot_code=own.code),
    ]
    found = told(actions.check_incident_rows(lines, by=people.binh, at=AT))
    assert set(found) == {0, 1, 2, 3}
    assert [(f, w.replace(there.code, "KHÔNG CÓ")) for f, w in found[2]] == found[3]


def test_an_import_is_not_taken_back_where_one_may_no_longer_write(people: People) -> None:
    cast = people.province
    row = actions.HotspotRow(cast.merged.pk, "M-1", "Bãi", "diem_nguy_co", "nghi_van", listed_on=DAY, **PAPER)
    result = actions.bulk_upsert_hotspots([row], by=people.binh, at=AT)
    with pytest.raises(AccessRefused):
        actions.revert_hotspots(result.image, by=people.lan, at=AT)
    step(cast, Hotspot.objects.get(code="M-1"), "move", date(2026, 10, 9), unit=cast.north)
    with pytest.raises(actions.BulkRefused, match="không có trong phạm vi"):
        actions.revert_hotspots(result.image, by=people.binh, at=AT)
    line = actions.IncidentRow(cast.merged.pk, DAY, "M-2", "su_dung", "patrol")
    result = actions.bulk_upsert_incidents([line], by=people.binh, at=AT)
    with pytest.raises(actions.BulkRefused, match="không có trong phạm vi"):
        actions.revert_incidents(result.image, by=people.ha, at=AT)
    assert actions.revert_incidents(result.image, by=people.binh, at=AT).deleted == 1


def test_files_hold_what_one_sees_and_may_take_out(people: People) -> None:
    cast, an = people.province, people.an
    spot(cast, cast.merged, DAY, name="Bãi Mình")
    spot(cast, cast.north, DAY, name=CANARY)
    incident(an, cast.merged, place="Hẻm Mình")
    incident(an, cast.north, place=CANARY)
    route(an, cast.merged, name="Tuyến Mình")
    route(an, cast.north, name=f"Tuyến {CANARY}")
    everywhere = QueryDict(f"don_vi={cast.province.uid}")
    for user, rows in ((people.binh, 1), (people.lan, 1), (people.an, 2), (people.minh, 0), (people.giang, 0)):
        scope = read_scope(everywhere, own=None, on=DAY)
        for sheet in (HotspotSheet(), IncidentSheet(), RouteSheet()):
            out = list(sheet.export_rows(everywhere, scope, rights_at(user, AT)))
            assert len(out) == rows, (user, sheet)
            assert CANARY not in str(out) or user == people.an
    for address in ("/diem/xuat.csv", "/vu-viec/xuat.csv"):
        for user in (people.minh, people.giang, people.dung):
            assert page(user).get(address, WHY).status_code == 403
        answer = page(people.lan).get(address, WHY | {"don_vi": cast.province.uid})
        assert CANARY not in steady(answer)
    last = Event.objects.filter(verb="incident.export").latest("seq")
    assert (last.actor, last.detail["rows"]) == ("lan", 1)


# Routes, values, series


def test_a_route_is_seen_where_it_passes_and_set_by_who_holds_all_of_it(people: People) -> None:
    cast = people.province
    way, far = route(people.an, cast.merged, cast.north), route(people.an, cast.island)
    assert page(people.giang).get(f"/tuyen/{way.pk}/").status_code == 200
    client = page(people.binh)
    assert [one for one, _n in client.get("/tuyen/").context["routes"]] == [way]
    shown = text(client.get(f"/tuyen/{way.pk}/"))
    assert "Phường Bắc" in shown
    assert "/sua/" not in shown
    assert f"/tuyen/{way.pk}/huy-ghi-nhan/" not in shown
    assert f"don_vi={cast.north.uid}" not in shown
    assert client.get(f"/tuyen/{far.pk}/").status_code == 404
    assert client.get(f"/tuyen/{way.pk}/sua/").status_code == 403
    assert client.get(f"/tuyen/{way.pk}/huy-ghi-nhan/").status_code == 403
    for act in (
        lambda: route(people.binh, cast.merged),
        lambda: actions.edit_route(route=way, by=people.binh, at=AT, values={"name": "x"}, units=[cast.merged]),
        lambda: actions.void_route(route=way, by=people.binh, at=AT, **VOIDING),
        lambda: actions.restore_route(route=way, by=people.binh, at=AT, **VOIDING),
        lambda: actions.remove_route(route=way, by=people.binh, at=AT),
    ):
        with pytest.raises(AccessRefused):
            act()
    actions.void_route(route=way, by=people.an, at=AT, **VOIDING)


def test_values_are_those_of_the_whole_area(people: People) -> None:
    given = {"key": "watch_months", "value": "6", "effective_from": DAY, "document": "9/QĐ"}
    for user in (people.binh, people.lan, people.minh, people.dung):
        with pytest.raises(AccessRefused):
            actions.set_value(by=user, at=AT, **given)
    shown = page(people.binh).get("/diem/gia-tri/")
    assert shown.status_code == 200
    assert '<form class="form"' not in text(shown)
    assert page(people.binh).post("/diem/gia-tri/", given).status_code == 403
    assert page(people.an).post("/diem/gia-tri/", given).status_code == 302


def test_a_series_holds_only_what_one_sees_and_says_what_is_missing(people: People) -> None:
    cast, an = people.province, people.an
    for where, on in ((cast.one, date(2025, 6, 3)), (cast.merged, DAY), (cast.north, DAY)):
        incident(an, where, on=on)
    for _n in range(8):
        incident(an, cast.split, on=date(2025, 6, 3))
    query = {"don_vi": cast.province.uid, "tu_ky": "2025-06", "den_ky": "2026-11"}
    table = page(people.binh).get("/chuoi-so-lieu/", query).context["table"]
    assert [line.uid for line in table.lines] == [cast.merged.uid]
    (line,) = table.lines
    by_period = dict(zip((one.code for one in table.ask.periods), line.figures, strict=True))
    assert (by_period["2025-06"].amount, by_period["2025-06"].withheld) == (1, True)  # split gave it a part
    assert (by_period["2026-10"].amount, by_period["2026-10"].withheld) == (1, False)
    assert table.total.whole.amount == 2
    assert not any(table.outside)
    assert not any(table.unplaced)
    shown = text(page(people.binh).get("/chuoi-so-lieu/", query))
    assert "phần ở đơn vị ngoài phạm vi được xem không tính" in shown
    assert "Phường Chia" not in shown
    assert "Phường Bắc" not in shown.partition("<main")[2].partition("<tbody")[2]
    assert page(people.an).get("/chuoi-so-lieu/", query).context["table"].total.whole.amount == 11


def test_a_department_reads_figures_and_no_record_behind_them(people: People) -> None:
    cast, an = people.province, people.an
    spot(cast, cast.merged, DAY, name=CANARY)
    incident(an, cast.merged, source="tip")
    client = page(people.giang)
    query = {"don_vi": cast.province.uid, "tu_ky": "2026-09", "den_ky": "2026-11"}
    for more in ({}, {"xem": "bieu-do"}, {"xem": "ban-do"}, {"o": "~2026-10"}, {"o": f"{cast.merged.uid}~2026-10"}):
        for measure in ("vu_viec", "diem_moi", "cuoi_ky"):
            answer = client.get("/chuoi-so-lieu/", query | more | {"so_lieu": measure})
            shown = text(answer)
            main = shown.partition("<main")[2]
            assert answer.context["table"].total.figures[1].amount == 1
            assert CANARY not in shown
            assert "/vu-viec/" not in main
            assert not re.search(r"/diem/\d|#cach-tinh", main)
            assert "Hòm thư, nguồn tin ẩn danh" not in main
    narrowed = client.get("/chuoi-so-lieu/", query | {"nguon": "patrol"})
    assert narrowed.context["table"].total.figures[1].amount == 1  # the source is not asked for
    assert "chỉ dành cho người xem được vụ việc" in text(narrowed)
    sent = steady(client.get("/chuoi-so-lieu/xuat.csv", query | WHY))
    assert "Tổng đã ghi nhận" in sent
    assert "Hòm thư" not in sent
    assert "Hòm thư" in text(page(an).get("/chuoi-so-lieu/", query))
    for address in ("/diem/", "/vu-viec/", f"/diem/{Hotspot.objects.get().pk}/"):
        assert client.get(address).status_code == 403


def test_a_units_page_tells_its_year_only_within_reach(people: People) -> None:
    cast = people.province
    incident(people.an, cast.north)
    heading = "12 tháng qua"
    for user, there in ((people.ha, True), (people.an, True), (people.giang, True), (people.binh, False)):
        assert (heading in text(page(user).get(f"/don-vi/{cast.north.uid}/"))) is there, user
    assert "Hòm thư" not in text(page(people.giang).get(f"/don-vi/{cast.north.uid}/"))


def test_no_button_is_shown_that_may_not_be_pressed(people: People) -> None:
    cast, an = people.province, people.an
    made, event = spot(cast, cast.merged, DAY), incident(an, cast.merged)
    for user in (people.lan, people.minh):
        client = page(user)
        for address in ("/diem/", f"/diem/{made.pk}/", "/vu-viec/", f"/vu-viec/{event.pk}/", "/tuyen/"):
            main = text(client.get(address)).partition("<main")[2]
            for path in ("/moi/", "/sua/", "/buoc/", "/hoan-tac/", "/huy-ghi-nhan/", "/ghi-nhan/", "/nhat-ky/"):
                assert path not in main, (user, address, path)
            assert ("/xuat." in main) is (user == people.lan and address in ("/diem/", "/vu-viec/"))
    shown = text(page(people.binh).get(f"/diem/{made.pk}/"))
    assert f"/diem/{made.pk}/buoc/eliminate/" in shown
    assert f"/diem/{made.pk}/buoc/move/" not in shown  # no other unit to move it to
    assert f"/diem/{made.pk}/buoc/move/" in text(page(an).get(f"/diem/{made.pk}/"))


def test_a_form_offers_the_units_of_the_page_or_else_those_of_its_day(people: People) -> None:
    cast = people.province
    scope = read_scope({"don_vi": cast.merged.uid}, own=None, on=DAY)
    merged, north = cast.merged, cast.north
    for units, there in ((None, merged), ({north.pk}, north), ({merged.pk, north.pk}, merged)):
        offered = listing.communes_within(scope, None if units is None else frozenset(units))
        assert [place.uid for place in offered] == [there.uid]

"""A new table, chained by hashes, takes over the events that were written before it."""

import secrets

from django.db import migrations, models

import diaban.apps.audit.fields
from diaban.apps.audit.seals import head_mark
from diaban.core.chain import canonical_json, genesis, link, moment

KINDS = [
    ("act", "Thay đổi"),
    ("read", "Xem"),
    ("search", "Tìm kiếm"),
    ("export", "Xuất"),
    ("refusal", "Bị từ chối"),
    ("sign-in", "Đăng nhập"),
    ("system", "Hệ thống"),
]


def chain(apps, schema_editor):
    """Write every old event into the chain, in the order in which they were written."""
    old, new = apps.get_model("audit", "OldEvent"), apps.get_model("audit", "Event")
    if not old.objects.exists():
        return
    origin = secrets.token_hex(16)
    seq, prev, waiting = 0, genesis(origin), []
    for event in old.objects.order_by("pk").iterator(chunk_size=2000):
        seq += 1
        detail = canonical_json(event.detail)
        kind = "export" if event.verb.endswith(".export") else "act"
        texts = (event.actor, kind, event.verb, event.subject, "", detail)
        digest = link(seq, moment(event.at), *texts, prev)
        actor, kind, verb, subject, purpose, _detail = texts
        waiting.append(
            new(
                seq=seq, at=event.at, actor=actor, kind=kind, verb=verb, subject=subject, purpose=purpose,
                detail=detail, prev=prev, hash=digest,
            )
        )
        prev = digest
        if len(waiting) == 2000:
            new.objects.bulk_create(waiting, batch_size=1000)
            waiting.clear()
    new.objects.bulk_create(waiting, batch_size=1000)
    head = apps.get_model("audit", "Head")
    head.objects.create(id=1, origin=origin, seq=seq, hash=prev, mark=head_mark(origin, seq, prev))


def unchain(apps, schema_editor):
    """Give the events back to the table without a chain; the chain itself is lost."""
    old, new = apps.get_model("audit", "OldEvent"), apps.get_model("audit", "Event")
    for event in new.objects.order_by("seq").iterator(chunk_size=2000):
        old.objects.create(
            at=event.at, actor=event.actor, verb=event.verb, subject=event.subject, detail=event.detail
        )


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RenameModel("Event", "OldEvent"),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("seq", diaban.apps.audit.fields.Number(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=150)),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("verb", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=80)),
                ("purpose", models.CharField(blank=True, max_length=20)),
                ("detail", diaban.apps.audit.fields.CanonicalJSON()),
                ("prev", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "audit_log",
                "indexes": [
                    models.Index(fields=["at", "seq"], name="audit_at"),
                    models.Index(fields=["actor", "at", "seq"], name="audit_actor"),
                    models.Index(fields=["verb", "at", "seq"], name="audit_verb"),
                    models.Index(fields=["subject", "at", "seq"], name="audit_subject"),
                    models.Index(fields=["kind", "at", "seq"], name="audit_kind"),
                    models.Index(fields=["purpose", "at", "seq"], name="audit_purpose"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=32)),
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("mark", models.CharField(max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name="SignedCheckpoint",
            fields=[
                ("number", diaban.apps.audit.fields.Number(primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=32)),
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("at", models.CharField(max_length=26)),
                ("key", models.CharField(max_length=40)),
                ("signature", models.CharField(max_length=128)),
            ],
            options={"db_table": "audit_checkpoint"},
        ),
        migrations.RunPython(chain, unchain),
    ]

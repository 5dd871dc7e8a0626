from __future__ import annotations

from django.db import models

from diaban.apps.vault.fields import BlindIndexField, SealedModel, SealedTextField


class File(SealedModel):
    """One person's file: a sealed name and the plain key of a unit on the other side of the wall."""

    name = SealedTextField(index="name_index")
    name_index = BlindIndexField(of="name")
    unit_uid = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"file {self.pk}"


class Visit(models.Model):
    """A relation that stays on its side of the wall."""

    file = models.ForeignKey(File, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"visit {self.pk}"

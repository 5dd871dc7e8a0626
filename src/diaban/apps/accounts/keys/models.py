"""The secret of an app that shows codes, sealed."""

from __future__ import annotations

from django.db import models

from diaban.apps.vault.fields import SealedModel, SealedTextField


class AppSecret(SealedModel):
    """What an officer's app computes its codes from, and the last step whose code was taken."""

    factor = models.OneToOneField("mfa.Authenticator", on_delete=models.CASCADE, related_name="app_secret")
    secret = SealedTextField(max_length=64)
    step = models.BigIntegerField()  # of 30 seconds since 1/1/1970; a code of this step or before is not taken again

    def __str__(self) -> str:
        return f"secret of factor {self.factor_id}"

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "diaban.ui"
    label = "ui"

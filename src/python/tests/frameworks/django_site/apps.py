"""The application of notes, as Django asks for it."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "tests.frameworks.django_site"
    label = "notes"

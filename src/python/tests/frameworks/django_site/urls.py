"""Where the views are."""

from django.contrib import admin
from django.urls import path

from . import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("echo/<path:rest>", views.echo),
    path("upload/", views.upload),
    path("stream/<int:lines>/", views.stream),
    path("closed/", views.closed),
    path("file/", views.file),
    path("nothing/", views.nothing),
    path("fails/", views.fails),
    path("notes/", views.notes),
]

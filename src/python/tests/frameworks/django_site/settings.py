"""Settings of the site. Its database and its files are in the folder DJANGO_SITE_FOLDER."""

import os

FOLDER = os.environ["DJANGO_SITE_FOLDER"]
SECRET_KEY = "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["example.org", "127.0.0.1", "localhost"]
ROOT_URLCONF = "tests.frameworks.django_site.urls"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "tests.frameworks.django_site.apps.NotesConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.path.join(FOLDER, "site.sqlite3"),
        "OPTIONS": {"timeout": 30},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_URL = "/static/"
FILE_UPLOAD_TEMP_DIR = FOLDER
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
USE_TZ = True
LOGGING = {"version": 1, "disable_existing_loggers": True}

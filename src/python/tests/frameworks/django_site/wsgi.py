"""The site as an application of WSGI 1, with the static files of its parts."""

import os

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.frameworks.django_site.settings")


class AlwaysStatic(StaticFilesHandler):
    """Serves static files although DEBUG is off, as ``runserver --insecure`` does."""

    def serve(self, request):
        from django.contrib.staticfiles.views import serve

        return serve(request, self.file_path(request.path), insecure=True)


app = AlwaysStatic(get_wsgi_application())

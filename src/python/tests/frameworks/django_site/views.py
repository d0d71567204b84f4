"""Views that each show something of a request or a response."""

import hashlib
import os

from django.conf import settings
from django.core.signals import request_finished
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from .models import Note

closed_streams = []
finished = []


def _finish(**_):
    finished.append(None)


request_finished.connect(_finish)


@csrf_exempt
def echo(request, rest):
    """The request as Django sees it, its body read at once."""
    return JsonResponse(
        {
            "method": request.method,
            "rest": rest,
            "path": request.path,
            "query": request.GET.dict(),
            "host": request.get_host(),
            "secure": request.is_secure(),
            "cookies": request.COOKIES,
            "accept": request.headers.get("Accept"),
            "body": hashlib.sha256(request.body).hexdigest(),
        }
    )


@csrf_exempt
def upload(request):
    """The sums of the files of a form."""
    return JsonResponse(
        {
            name: {
                "name": file.name,
                "size": file.size,
                "sha256": hashlib.sha256(file.read()).hexdigest(),
            }
            for name, file in request.FILES.items()
        }
    )


def stream(request, lines):
    """Lines, one after the other."""

    def content():
        try:
            for number in range(lines):
                yield f"line {number}\n"
        finally:
            closed_streams.append(lines)

    return StreamingHttpResponse(content(), content_type="text/plain")


def closed(request):
    """How many streams were closed and requests finished."""
    return JsonResponse({"streams": closed_streams, "finished": len(finished)})


def file(request):
    """A file of the folder of the site."""
    return FileResponse(open(os.path.join(settings.FOLDER, "film.bin"), "rb"))


def nothing(request):
    """A 204, for which the common middleware declares a length."""
    return HttpResponse(status=204)


def fails(request):
    """An error of the site."""
    raise KeyError("secret")


def notes(request):
    """The notes, from the database."""
    return JsonResponse({"notes": [note.text for note in Note.objects.order_by("id")]})

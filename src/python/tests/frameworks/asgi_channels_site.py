"""A small site of Django with Channels, as somebody would write it: no word of Portway."""

import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="of no use",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["channels"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
)
django.setup()

from channels.generic.websocket import AsyncJsonWebsocketConsumer, WebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


def home(request):
    visits = request.session["visits"] = request.session.get("visits", 0) + 1
    return JsonResponse({"path": request.path, "query": request.GET.dict(), "visits": visits})


async def asynchronous(request):
    return HttpResponse("from a coroutine")


@csrf_exempt
def upload(request):
    file = request.FILES["file"]
    return JsonResponse({"name": file.name, "size": file.size, "sum": sum(file.read())})


def stream(request):
    return StreamingHttpResponse(f"{number}\n" for number in range(5))


def source(request):
    return FileResponse(open(__file__, "rb"))


def nothing(request):
    return HttpResponse(status=204)


def guarded(request):
    return HttpResponse("reached")


def fails(request):
    raise ValueError("broken by purpose")


urlpatterns = [
    path("", home),
    path("async", asynchronous),
    path("upload", upload),
    path("stream", stream),
    path("source", source),
    path("nothing", nothing),
    path("guarded", guarded),
    path("fails", fails),
]


class Echo(WebsocketConsumer):
    """Synchronous: it runs in a thread."""

    def connect(self):
        self.accept()

    def receive(self, text_data=None, bytes_data=None):
        self.send(text_data=text_data, bytes_data=bytes_data)


class Room(AsyncJsonWebsocketConsumer):
    """A room with everybody who is in it."""

    async def connect(self):
        if self.scope["url_route"]["kwargs"]["name"] == "closed":
            await self.close()
            return
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def receive_json(self, content):
        await self.channel_layer.group_send("room", {"type": "said", "content": content})

    async def said(self, event):
        await self.send_json(event["content"])

    async def disconnect(self, code):
        await self.channel_layer.group_discard("room", self.channel_name)


app = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("echo", Echo.as_asgi()), path("room/<name>", Room.as_asgi())]),
    }
)

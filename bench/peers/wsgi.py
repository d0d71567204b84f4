# A WSGI application for gunicorn: the interface itself, without a framework.

HELLO = b"Hello, World!"
FIELDS = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(HELLO)))]


def app(environ, start_response):
    if environ["PATH_INFO"] == "/hello":
        start_response("200 OK", FIELDS)
        return [HELLO]
    if environ["PATH_INFO"] == "/echo":
        start_response("200 OK", [])
        return iter(lambda: environ["wsgi.input"].read(65536), b"")
    start_response("404 Not Found", [])
    return []

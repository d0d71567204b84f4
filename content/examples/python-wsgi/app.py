from portway.wsgi import from_wsgi


def greet(environ, start_response):
    """An application of WSGI 1, as PEP 3333 has it."""
    if environ["REQUEST_METHOD"] == "POST":
        text = environ["wsgi.input"].read().decode()
    else:
        text = environ["QUERY_STRING"]
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    yield f"{environ['SCRIPT_NAME']}{environ['PATH_INFO']}\n".encode()
    yield f"{text}\n".encode()


app = from_wsgi(greet)

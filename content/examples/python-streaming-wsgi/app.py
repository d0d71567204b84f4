from portway.wsgi import from_wsgi

HEAD = [("Content-Type", "text/plain; charset=utf-8")]


def shout(environ, start_response):
    """Gives each line of the body back, in capitals, as soon as it is there."""
    start_response("200 OK", HEAD)
    count = 0
    for line in environ["wsgi.input"]:
        count += len(line)
        yield line.upper()
    print(f"{count} octets came, and the input was at its end")


app = from_wsgi(shout)

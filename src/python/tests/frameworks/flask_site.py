"""A small application of Flask: JSON, cookies, sessions, streams, uploads and files."""

import hashlib
import os
import tempfile

from flask import (
    Flask,
    Response,
    abort,
    jsonify,
    redirect,
    request,
    send_file,
    session,
    stream_with_context,
    url_for,
)

app = Flask(__name__)
app.secret_key = "only-for-tests"
app.config["PROPAGATE_EXCEPTIONS"] = False

FILM = bytes(range(256)) * 1000


@app.route("/json/<name>", methods=["GET", "POST"])
def as_json(name):
    return jsonify(
        name=name,
        args=request.args,
        given=request.get_json(silent=True),
        cookies=request.cookies,
        root=request.script_root,
        url=request.url,
        address=request.remote_addr,
    )


@app.route("/stream")
def stream():
    def lines():
        for number in range(int(request.args["lines"])):
            yield f"line {number}\n"

    return Response(stream_with_context(lines()), mimetype="text/plain")


@app.route("/upload", methods=["POST"])
def upload():
    file = request.files["file"]
    digest = hashlib.sha256(file.read()).hexdigest()
    return jsonify(name=file.filename, sha256=digest)


@app.route("/pieces", methods=["POST"])
def pieces():
    """Reads a body of any length piece by piece."""
    digest, size = hashlib.sha256(), 0
    while True:
        piece = request.stream.read(10_000)
        if not piece:
            break
        digest.update(piece)
        size += len(piece)
    return jsonify(size=size, sha256=digest.hexdigest())


@app.route("/cookies")
def cookies():
    response = Response("set")
    response.set_cookie("one", "1")
    response.set_cookie("two", "2", httponly=True)
    return response


@app.route("/count")
def count():
    session["count"] = session.get("count", 0) + 1
    return jsonify(count=session["count"])


@app.route("/film")
def film():
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(FILM)
    opened = open(file.name, "rb")
    os.unlink(file.name)
    return send_file(opened, mimetype="video/x-film")


@app.route("/own-source")
def own_source():
    return send_file(__file__, mimetype="text/x-python", conditional=True)


@app.route("/away")
def away():
    return redirect(url_for("as_json", name="there"))


@app.route("/nothing")
def nothing():
    return "", 204


@app.route("/teapot")
def teapot():
    abort(418)


@app.route("/fails")
def fails():
    raise KeyError("secret")

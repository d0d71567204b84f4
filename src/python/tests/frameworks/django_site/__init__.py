"""A small site of Django: notes with an administration, uploads, streams and static files."""

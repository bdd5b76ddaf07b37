"""Argilla's own server, embedded: started by `serve.py`, searched by SQL, in an environment of its own.

Nothing here imports the rest of Understudy, and nothing of Understudy imports this folder:
it is run by path with the interpreter of `.venv-argilla`. See README.md beside this file.
"""

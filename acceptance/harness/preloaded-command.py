"""Replaces `python` for programs that start it: the preloaded Python at the socket PRELOADED_PYTHON runs the command."""
import json
import os
import socket
import sys

streams = {name: f"/proc/{os.getpid()}/fd/{number}" for name, number in [("stdout", 1), ("stderr", 2)]}
program = {"command": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd(), **streams}
connection = socket.socket(socket.AF_UNIX)
connection.connect(os.environ["PRELOADED_PYTHON"])
connection.sendall(json.dumps(program).encode() + b"\n")
sys.exit(int(connection.makefile().read()))

"""Runs Python programs in forks of this process, which has imported the modules in its arguments: importing mlflow takes seconds.
The first argument is the path of a Unix socket. A connection sends a program as one line of JSON (its command after `python`, env,
cwd, and the paths that become its stdout and stderr), and receives its exit code; a program whose connection
is closed is killed. Ends with the process that holds its stdin."""
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import threading


def redirect(path, mode, descriptor):
    with open(path, mode) as file:
        os.dup2(file.fileno(), descriptor)


def run(program):
    os.chdir(program["cwd"])
    os.environ.clear()
    os.environ.update(program["env"])
    tempfile.tempdir = None  # Python caches the folder of an earlier environment
    redirect(os.devnull, "r", 0)
    redirect(program["stdout"], "w", 1)
    redirect(program["stderr"], "w", 2)
    first, *rest = program["command"]
    if first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [first, *rest]
        sys.path[0] = os.path.dirname(first)
        runpy.run_path(first, run_name="__main__")


def kill_with(connection, child):
    """Kills the child when the client closes the connection; clients send nothing after the program."""
    connection.recv(1)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def serve(path):
    """Forks for each connection, and returns the received program in the fork."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    while True:
        if sys.stdin in select.select([listener, sys.stdin], [], [])[0]:
            sys.exit()
        connection, _ = listener.accept()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # avoids zombies
        if os.fork() == 0:
            break
        connection.close()
    listener.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    program = json.loads(connection.makefile().readline())
    child = os.fork()
    if child == 0:
        connection.close()
        return program
    threading.Thread(target=kill_with, args=(connection, child), daemon=True).start()
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):  # the client of a killed program has disconnected
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


for name in sys.argv[2:]:
    importlib.import_module(name)
gc.collect()
gc.freeze()  # a collection in a fork would copy pages
run(serve(sys.argv[1]))

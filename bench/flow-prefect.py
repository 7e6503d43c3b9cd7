"""Runs a flow of empty tasks in sequence on a separate Prefect server with SQLite.

flow-prefect.py TASKS. Prints JSON: wall milliseconds per task, and processor milliseconds of the flow and the server."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TASKS = int(sys.argv[1])
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def processor_seconds(group):
    """Returns the processor time of all processes in a process group."""
    total = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(") ", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def start_server(port):
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(1200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=1)
            return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The Prefect server did not start")


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
    port = free_port()
    os.environ.update(
        {
            "PREFECT_HOME": home,
            "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
    )
    server = start_server(port)
    try:
        import prefect

        @prefect.task
        def nothing(value):
            return None

        @prefect.flow
        def chain(count):
            for value in range(count):
                nothing(value)

        chain(1)  # warm-up: imports and connections
        begun, used, served = time.perf_counter(), time.process_time(), processor_seconds(server.pid)
        chain(TASKS)
        elapsed = time.perf_counter() - begun
        time.sleep(2)  # the server stores received states later
        processor = time.process_time() - used + processor_seconds(server.pid) - served
        scale = 1000 / TASKS
        print(json.dumps({"version": prefect.__version__, "elapsed": elapsed * scale, "processor": processor * scale}))
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()

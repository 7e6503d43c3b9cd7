"""Runs scripts in forks of this process, which imported the modules that are its arguments. Importing mlflow takes seconds.
Reads a JSON object per line: the script, its args, env and cwd, and the files for its stdout and stderr. Prints the exit codes."""
import gc
import importlib
import json
import os
import runpy
import sys
import tempfile


def redirect(path, mode, *descriptors):
    with open(path, mode) as file:
        for descriptor in descriptors:
            os.dup2(file.fileno(), descriptor)


def run(request):
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    tempfile.tempdir = None  # it is cached
    redirect(os.devnull, "r", 0)
    redirect(request["stdout"], "w", 1)
    redirect(request["stderr"], "w", 2)
    sys.argv = [request["script"], *request["args"]]
    sys.path[0] = os.path.dirname(request["script"])
    runpy.run_path(request["script"], run_name="__main__")


for name in sys.argv[1:]:
    importlib.import_module(name)
gc.collect()
gc.freeze()  # so that a collection in a fork copies no pages
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(json.loads(line))
        break
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)

# Runs a script or an entry point of a package as `__main__`, with `dbutils` as on Databricks:
# python cairn_run.py file PATH ARGUMENTS… | entry_point PACKAGE NAME ARGUMENTS…
import builtins
import importlib
import importlib.metadata
import os
import sys
import traceback

import cairn_tasks

builtins.dbutils = cairn_tasks.dbutils


def load_file(path, *arguments):
    sys.argv = [path, *arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    namespace = sys.modules["__main__"].__dict__
    namespace["__file__"] = path
    return lambda: exec(code, namespace)


def load_entry_point(package, name, *arguments):
    sys.argv = [name, *arguments]
    sys.path[0] = os.getcwd()
    try:
        points = importlib.metadata.distribution(package).entry_points
    except importlib.metadata.PackageNotFoundError:
        points = ()
    for point in points:
        if point.name == name:
            return point.load()
    return getattr(importlib.import_module(package.replace("-", "_")), name)


def main():
    kind, *rest = sys.argv[1:]
    try:
        run = load_file(*rest) if kind == "file" else load_entry_point(*rest)
        result = run()
    except Exception as error:
        # Without the frames of this file.
        shown = error.__traceback__
        while shown and shown.tb_frame.f_code.co_filename == RUNNER:
            shown = shown.tb_next
        traceback.print_exception(type(error), error, shown)
        sys.exit(1)
    if kind != "file" and isinstance(result, int):
        sys.exit(result)


RUNNER = __file__
main()

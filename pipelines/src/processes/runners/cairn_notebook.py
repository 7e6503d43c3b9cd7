# Limits what each cell of a notebook prints: papermill gives up on a cell whose output takes it seconds.
import sys

from IPython import get_ipython

MAX_CHARACTERS = 1_000_000
REST = (
    "\nThe rest of the output of this cell is not kept: "
    f"a cell prints at most {MAX_CHARACTERS:,} characters.\n"
)


class CellLimit:
    def __init__(self):
        self.left = MAX_CHARACTERS

    def start(self, *_):
        self.left = MAX_CHARACTERS

    def cut(self, text):
        """Returns what may still be printed, with a sentence at the limit."""
        if self.left < 0:
            return ""
        self.left -= len(text)
        return text if self.left >= 0 else text[: self.left] + REST


def limited(write, limit):
    def write_limited(text):
        kept = limit.cut(text)
        if kept:
            write(kept)
        return len(text)

    return write_limited


limit = CellLimit()
for stream in (sys.stdout, sys.stderr):
    stream.write = limited(stream.write, limit)
get_ipython().events.register("pre_run_cell", limit.start)

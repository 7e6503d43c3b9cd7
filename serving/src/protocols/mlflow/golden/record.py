"""Records how MLflow's scoring server reads CSV texts by the signature, in this folder.

python record.py   (mlflow 3.17.2, pandas 3.1.1)

Each line has the columns of a signature, a text and the columns that the model gets, or null if it is rejected.
"""

import io
import json
import math
import os

from mlflow.models.utils import _enforce_schema
from mlflow.pyfunc.scoring_server import parse_csv_input
from mlflow.types import Schema

HERE = os.path.dirname(os.path.abspath(__file__))

TYPES = ["boolean", "integer", "long", "float", "double", "string"]
CELLS = [
    "1", "0", "-3", "1.5", "1.0", " 2", "1e3", ".5", "", "NA", "N/A", "null", "nan", "None", "x", "true", "True", "FALSE", "tRue", "inf",
    "-inf", "0x10", "2147483648", "9223372036854775807", '"1"', '"a,b"', '"a""b"', '""', "2021-01-01", "가나다",
]
TEXTS = [
    "", "\n", "x", "x\n", "x\n1", "x\r\n1\r\n2", "x\r1\r2", "x\n\n1\n\n", "\nx\n1", "x,y\n1", "x,y\n1,2\n1,2,3\n", "y,x\n1,2", ",x\n0,5\n1,6\n",
    'x\n"1"\n', 'x\n"1', 'x,z\n1,"a\nb"\n2,c', "x,y\n1,\n,2", "x,y\n,\n", "x \n1", '"x"\n1', "x;y\n1;2", "x,x\n1,2", "x\n  \n1",
]


def plain(value):
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def scored(inputs, text):
    schema = Schema.from_json(json.dumps(inputs))
    try:
        frame = _enforce_schema(parse_csv_input(io.StringIO(text), schema), schema)
    except Exception:
        return None
    return {name: [plain(value) for value in frame[name].tolist()] for name in frame.columns}


def column(kind, name, required=True):
    return {"type": kind, "name": name, "required": required}


def cases():
    for kind in TYPES:
        for cell in CELLS:
            yield [column(kind, "x")], f"x,z\n{cell},9\n"
    for text in TEXTS:
        yield [column("double", "x"), column("double", "y", required=False)], text


with open(os.path.join(HERE, "csv.jsonl"), "w", encoding="utf8") as file:
    for inputs, text in cases():
        line = {"inputs": inputs, "text": text, "columns": scored(inputs, text)}
        file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

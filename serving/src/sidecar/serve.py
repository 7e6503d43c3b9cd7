# Serves one MLflow model over a pair of pipes: `python -I -B -c SCRIPT OPTIONS`, where OPTIONS is JSON of `folder`,
# `memory_bytes` and `example`, the path of an input example or null. Needs the standard library and the model's own mlflow.
#
# A frame is two big-endian unsigned 32-bit lengths, a header in JSON and a body. A request has {id, content_type,
# content_encoding}; a response {id, rows, client_request_id?} or {id, error: {code, message, status}}. The first frame that
# is written has {ready: true} or {ready: false, message}.

import functools
import json
import os
import struct
import sys
import zlib

MAX_BODY = 16 * 1024 * 1024
MAX_RESPONSE = 64 * 1024 * 1024


def main():
    # Output of the model must not mix with the frames.
    requests, responses = os.fdopen(os.dup(0), "rb"), os.dup(1)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    options = json.loads(sys.argv[1])
    restrict(options["memory_bytes"])
    process = os.getpid()
    try:
        model = Model(options["folder"])
        if options["example"]:
            with open(options["example"], "rb") as example:
                model.predict(example.read(), "application/json")
        send(responses, {"ready": True})
    except BaseException as error:
        send(responses, {"ready": False, "message": describe(error)})
        raise
    while frame := receive(requests):
        header, body = frame
        answer = respond(model, header, body)
        if os.getpid() != process:
            os._exit(1)  # a fork of the model that returned from its prediction
        send(responses, *answer)


def restrict(memory_bytes):
    """Limits this process as far as the platform can."""
    os.umask(0o077)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory_bytes:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ImportError, OSError, ValueError) as error:
        print(f"Memory is not limited: {error}", file=sys.stderr)
    try:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")  # when memory runs out, this process ends before the server
        import ctypes

        prctl = ctypes.CDLL(None, use_errno=True).prctl
        prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        prctl(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL: a killed server leaves no process behind
    except (ImportError, OSError, AttributeError):
        pass  # not Linux


class Model:
    """A model that answers like MLflow's scoring server."""

    def __init__(self, folder):
        import mlflow.pyfunc
        from mlflow.exceptions import MlflowException
        from mlflow.pyfunc import scoring_server

        if not hasattr(scoring_server, "invocations"):
            raise RuntimeError(f"mlflow {mlflow.__version__} is too old: log the model with mlflow 2.10 or later")
        os.environ["_MLFLOW_IS_IN_SERVING_ENVIRONMENT"] = "true"
        self.refusal = MlflowException
        self.rows = 0
        self.server = scoring_server
        self.model = mlflow.pyfunc.load_model(folder)
        self.schema = self.model.metadata.get_input_schema()
        self.model.predict = self.counting(self.model.predict)

    def counting(self, predict):
        @functools.wraps(predict)
        def counted(data, *args, **kwargs):
            self.rows = count_rows(data)
            return predict(data, *args, **kwargs)

        return counted

    def predict(self, body, content_type):
        return self.server.invocations(body, content_type, self.model, self.schema)


def count_rows(data):
    value = next(iter(data.values()), None) if isinstance(data, dict) else data
    return len(value) if hasattr(value, "__len__") and not isinstance(value, (str, bytes)) else 1


def respond(model, header, body):
    answer = {"id": header["id"], "rows": 0}
    try:
        data = decompress(body, header.get("content_encoding"))
    except (ValueError, zlib.error) as error:
        return [{**answer, "error": failure(400, "BODY", describe(error))}]
    try:
        response = model.predict(data, header["content_type"])
        if response.status != 200:
            return [{**answer, "error": failure(response.status, "", response.response)}]
        result = response.response.encode()
        if len(result) > MAX_RESPONSE:
            return [{**answer, "error": failure(400, "TOO_LARGE", str(len(result)))}]
        return [{**answer, "rows": model.rows, **request_id(data, header["content_type"])}, result]
    except model.refusal as error:
        message = getattr(error, "message", str(error))
        return [{**answer, "error": failure(error.get_http_status_code(), error.error_code, message)}]
    except UnicodeDecodeError as error:
        return [{**answer, "error": failure(400, "UTF8", str(error))}]
    except RecursionError as error:
        return [{**answer, "error": failure(400, "TOO_DEEP", str(error))}]
    except Exception as error:
        return [{**answer, "error": failure(500, "INTERNAL_ERROR", describe(error))}]


def failure(status, code, message):
    return {"status": status, "code": code, "message": message[:10_000]}


def describe(error):
    return f"{type(error).__name__}: {error}"


def request_id(data, content_type):
    if not content_type.startswith("application/json") or b'"client_request_id"' not in data:
        return {}
    value = json.loads(data).get("client_request_id")
    return {"client_request_id": value} if isinstance(value, str) else {}


def decompress(body, encoding):
    if not encoding:
        return body
    for wbits in (47, -15):  # gzip or zlib by their header; some clients send deflate without one
        try:
            inflater = zlib.decompressobj(wbits)
            data = inflater.decompress(body, MAX_BODY)
            if inflater.unconsumed_tail or not inflater.eof:
                raise ValueError("the decompressed body is too large or ends early")
            return data
        except zlib.error:
            if wbits < 0 or encoding != "deflate":
                raise


def receive(stream):
    lengths = stream.read(8)
    if len(lengths) < 8:
        return None  # the server has closed the pipe
    header, body = struct.unpack(">II", lengths)
    return json.loads(stream.read(header)), stream.read(body)


def send(fd, header, body=b""):
    head = json.dumps(header).encode()
    view = memoryview(struct.pack(">II", len(head), len(body)) + head + body)
    while view:
        view = view[os.write(fd, view) :]


main()

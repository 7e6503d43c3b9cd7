# Serves one MLflow model over a pair of pipes: `python -I -B -c SCRIPT OPTIONS`, where OPTIONS is JSON of `folder`,
# `memory_bytes` and `example`, the path of an input example or null. Needs the standard library and the model's own mlflow.
#
# A frame is two big-endian unsigned 32-bit lengths, a header in JSON and a body. A request has {id, content_type,
# content_encoding, json_length}; a response {id, rows, client_request_id?, json_length?} or {id, error: {code, message,
# status}}. The first frame that is written has {ready: true} or {ready: false, message}.
#
# A body with `json_length` is that many bytes of JSON, which describe arrays, and the bytes of the arrays.

import contextlib
import functools
import inspect
import io
import json
import os
import struct
import sys
import traceback
import zlib

MAX_BODY = 16 * 1024 * 1024
MAX_RESPONSE = 64 * 1024 * 1024
# NumPy's names for datatypes of the Open Inference Protocol.
DATATYPES = {
    "BOOL": "|b1",
    "INT8": "|i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "UINT8": "|u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
}


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
    with contextlib.suppress(AttributeError, OSError):  # not POSIX
        os.nice(5)  # the server answers other requests meanwhile
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


def stop_tracing():
    """Without a tracking server, mlflow 3.11 creates a database for traces in the working folder, which takes seconds."""
    if "MLFLOW_TRACKING_URI" in os.environ:
        return
    with contextlib.suppress(ImportError, AttributeError):  # mlflow before 2.14
        import mlflow.tracing

        mlflow.tracing.disable()


class Model:
    """A model that answers like MLflow's scoring server."""

    def __init__(self, folder):
        import mlflow.pyfunc
        from mlflow.exceptions import MlflowException
        from mlflow.pyfunc import scoring_server

        if not hasattr(scoring_server, "invocations"):
            raise RuntimeError(f"mlflow {mlflow.__version__} is too old: log the model with mlflow 2.10 or later")
        os.environ["_MLFLOW_IS_IN_SERVING_ENVIRONMENT"] = "true"
        stop_tracing()
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
            try:
                return predict(data, *args, **kwargs)
            except self.refusal:
                raise
            except Exception:
                traceback.print_exc()  # the response hides it, and MLflow logs it nowhere
                raise

        return counted

    def predict(self, body, content_type):
        return self.server.invocations(body, content_type, self.model, self.schema)

    def predict_arrays(self, head, body):
        """Returns the predictions as a description and bytes, or as MLflow's JSON and no description."""
        with self.refusing("The input does not match the signature"):
            data = self.read_arrays(head, body)
        takes_params = "params" in inspect.signature(self.model.predict).parameters
        with self.refusing("Encountered an unexpected error while evaluating the model"):
            predictions = self.model.predict(data, **({"params": head.get("params")} if takes_params else {}))
        arrays = named_arrays(predictions)
        if arrays is not None:
            return write_arrays(arrays)
        result = io.StringIO()
        self.server.predictions_to_json(predictions, result)
        return None, [result.getvalue().encode()]

    @contextlib.contextmanager
    def refusing(self, message):
        """Raises errors as MLflow's, which have status 400."""
        try:
            yield
        except self.refusal:
            raise
        except Exception as error:
            from mlflow.protos.databricks_pb2 import BAD_REQUEST

            raise self.refusal(f"{message}: {describe(error)}", error_code=BAD_REQUEST) from error

    def read_arrays(self, head, body):
        """The input that MLflow's scoring server reads from the same values in JSON."""
        arrays = read_arrays(head["tensors"], body)
        schema, kind = self.schema, head["kind"]
        if kind == "array":
            return cast(arrays[0], schema.inputs[0] if schema else None)
        names = [tensor["name"] for tensor in head["tensors"]]
        if kind == "named_arrays":
            specs = schema.input_dict() if schema and schema.has_input_names() else {}
            return {name: cast(array, specs.get(name)) for name, array in zip(names, arrays)}
        import pandas as pd

        if kind == "matrix":
            frame = pd.DataFrame(without_objects(arrays[0]), columns=head["columns"])
        else:
            cells = [to_cells(array, is_list) for array, is_list in zip(arrays, head["list_columns"])]
            frame = pd.DataFrame(dict(zip(names, cells)))
        if schema is None or fits(frame, schema):
            return frame
        from mlflow.utils.proto_json_utils import cast_df_types_according_to_schema

        return cast_df_types_according_to_schema(frame, schema)


def read_arrays(tensors, body):
    import numpy as np

    arrays, at = [], 0
    for tensor in tensors:
        part = body[at : at + tensor["size"]]
        at += tensor["size"]
        if tensor["datatype"] == "JSON":
            array = np.array(json.loads(bytes(part)), dtype=object)
        elif tensor["datatype"] == "BOOL":
            array = np.frombuffer(part, dtype=np.uint8) != 0
        else:
            array = np.frombuffer(part, dtype=DATATYPES[tensor["datatype"]])
        if tensor["datatype"] == "FP16":
            array = array.astype(np.float32)
        arrays.append(np.array(array.reshape(tensor["shape"])))  # models may write to it
    return arrays


def cast(array, spec):
    """Texts, and numbers that may not be integers of the dtype, are converted by NumPy's rules for lists, as MLflow does."""
    import numpy as np

    dtype = getattr(spec, "type", None)
    if array.dtype == object or (dtype is not None and dtype.kind in "iu" and not np.can_cast(array.dtype, dtype)):
        return np.array(array.tolist(), dtype=dtype)
    return array if dtype is None else array.astype(dtype, copy=False)


def to_cells(array, is_list):
    if is_list:
        return [array.tolist()] if array.ndim < 2 else array.tolist()
    if array.ndim < 2 or array.shape[1:] == (1,):
        return without_objects(array.reshape(-1))
    return array.tolist()


def without_objects(array):
    """pandas infers a dtype for lists of texts."""
    return array.tolist() if array.dtype == object else array


def fits(frame, schema):
    """Whether a frame has the columns and dtypes of the schema: casting many columns costs more than most models."""
    import numpy as np

    if not schema.has_input_names() or list(frame.columns) != schema.input_names():
        return False
    types = [getattr(kind, "to_pandas", lambda: None)() for kind in schema.input_types()]
    return all(
        isinstance(one, np.dtype) and one.kind in "biuf" and one == own for one, own in zip(types, frame.dtypes)
    )


def named_arrays(predictions):
    """The arrays of predictions by name, None for the only one; None for predictions of other types."""
    import numpy as np
    import pandas as pd

    if isinstance(predictions, pd.Series):
        predictions = pd.DataFrame(predictions)
    if isinstance(predictions, pd.DataFrame):
        columns = predictions.items()
        return {str(name): column.to_numpy() if is_numeric(column) else column.tolist() for name, column in columns}
    if isinstance(predictions, np.ndarray):
        return {None: predictions}
    if isinstance(predictions, list):
        array = array_of_numbers(predictions)
        return None if array is None else {None: array}
    if isinstance(predictions, dict) and all(isinstance(value, np.ndarray) for value in predictions.values()):
        return {str(name): array for name, array in predictions.items()}
    return None


def array_of_numbers(values):
    import numpy as np

    if holds_texts(values):
        return None  # NumPy would give each text the size of the longest
    try:
        array = np.array(values)
    except ValueError:  # lists of different lengths
        return None
    return array if values and is_numeric(array) else None


def holds_texts(values):
    types = set(map(type, values))
    if any(issubclass(one, (str, bytes)) for one in types):
        return True
    return list in types and any(holds_texts(value) for value in values if isinstance(value, list))


def is_numeric(array):
    import numpy as np

    dtype = getattr(array, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf" and dtype.itemsize <= 8


def write_arrays(arrays):
    import numpy as np
    from mlflow.utils.proto_json_utils import NumpyEncoder

    names = {dtype: name for name, dtype in DATATYPES.items()}
    tensors, parts = [], []
    for name, array in arrays.items():
        if is_numeric(array):
            array = np.atleast_1d(array).astype("<f4" if array.dtype == np.float16 else array.dtype.newbyteorder("<"))
            datatype, shape, part = names[array.dtype.str], array.shape, array.tobytes()
        else:
            part = json.dumps(array.tolist() if isinstance(array, np.ndarray) else array, cls=NumpyEncoder).encode()
            datatype, shape = "JSON", ()
        tensors.append({"name": name, "datatype": datatype, "shape": shape, "size": len(part)})
        parts.append(part)
    return json.dumps(tensors).encode(), parts


def count_rows(data):
    value = next(iter(data.values()), None) if isinstance(data, dict) else data
    if getattr(value, "ndim", None) == 0 or isinstance(value, (str, bytes)):
        return 1
    return len(value) if hasattr(value, "__len__") else 1


def respond(model, header, body):
    answer = {"id": header["id"], "rows": 0}
    try:
        data = decompress(body, header.get("content_encoding"))
    except TooLarge as error:
        return [{**answer, "error": failure(413, "BODY_SIZE", describe(error))}]
    except (ValueError, zlib.error) as error:
        return [{**answer, "error": failure(400, "BODY", describe(error))}]
    try:
        if "json_length" in header:
            return respond_arrays(model, answer, data, header["json_length"])
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
    except ValueError as error:
        if "integer string conversion" in str(error):  # json.loads
            return [{**answer, "error": failure(400, "DIGITS", describe(error))}]
        if not isinstance(error, UnicodeDecodeError):
            return [{**answer, "error": failure(500, "INTERNAL_ERROR", describe(error))}]
        return [{**answer, "error": failure(400, "UTF8", str(error))}]
    except RecursionError as error:
        return [{**answer, "error": failure(400, "TOO_DEEP", str(error))}]
    except Exception as error:
        return [{**answer, "error": failure(500, "INTERNAL_ERROR", describe(error))}]


def respond_arrays(model, answer, data, length):
    head, parts = model.predict_arrays(json.loads(data[:length]), memoryview(data)[length:])
    result = b"".join([head or b"", *parts])
    if len(result) > MAX_RESPONSE:
        return [{**answer, "error": failure(400, "TOO_LARGE", str(len(result)))}]
    return [{**answer, "rows": model.rows, **({} if head is None else {"json_length": len(head)})}, result]


def failure(status, code, message):
    return {"status": status, "code": code, "message": message[:10_000]}


def describe(error):
    return f"{type(error).__name__}: {error}"


def request_id(data, content_type):
    if not content_type.startswith("application/json") or b'"client_request_id"' not in data:
        return {}
    value = json.loads(data).get("client_request_id")
    return {"client_request_id": value} if isinstance(value, str) else {}


class TooLarge(Exception):
    pass


def decompress(body, encoding):
    if not encoding:
        return body
    for wbits in (47, -15):  # gzip or zlib by their header; some clients send deflate without one
        try:
            inflater = zlib.decompressobj(wbits)
            data = inflater.decompress(body, MAX_BODY)
            if inflater.unconsumed_tail:
                raise TooLarge("the decompressed body is too large")
            if not inflater.eof:
                raise ValueError("the compressed body ends early")
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

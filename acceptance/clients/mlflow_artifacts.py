"""The official mlflow, unmodified: files of runs through the proxy, in one and several parts, and in stores that clients access directly."""
import hashlib
import os
import random
import tempfile
from email.message import Message
from io import BytesIO
from pathlib import Path
from unittest import mock

os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(20 * 1024 * 1024)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(6 * 1024 * 1024)
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE"] = str(7 * 1024 * 1024)
import mlflow
import numpy as np
import requests
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.store.artifact.http_artifact_repo import HttpArtifactRepository
from PIL import Image

from facts import check

URI = os.environ["CAIRN_URL"]
# The default root of artifacts: the proxy, or a store that clients access directly
DIRECT = os.environ.get("DIRECT") == "true"
PROXY = f"{URI}/api/2.0/mlflow-artifacts/artifacts"
mlflow.set_tracking_uri(URI)
client = MlflowClient()


def paths(run_id, path=None):
    return [file.path for file in client.list_artifacts(run_id, path)]


def name_of(answer):
    message = Message()
    message["content-disposition"] = answer.headers["Content-Disposition"]
    return message.get_filename()


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


mlflow.set_experiment("/official/artifacts")
folder = Path(tempfile.mkdtemp())
(folder / "a.txt").write_text("0")
(folder / "dir").mkdir()
(folder / "dir/b.txt").write_text("1")

with mlflow.start_run() as run:
    check("a new run has no files", paths(run.info.run_id) == [])
    mlflow.log_artifacts(folder)
    mlflow.log_artifacts(folder, artifact_path="below")
    mlflow.log_artifact(folder / "a.txt", artifact_path="one")
run_id = run.info.run_id
check("a list of a run has one level", paths(run_id) == ["a.txt", "below", "dir", "one"])
check("the entries of a folder have full paths", paths(run_id, "below") == ["below/a.txt", "below/dir"] and paths(run_id, "below/dir") == ["below/dir/b.txt"])
listed = requests.get(f"{URI}/api/2.0/mlflow/artifacts/list", params={"run_id": run_id, "path": "dir"}).json()
check("the API lists with sizes, below the run's root", listed == {"root_uri": run.info.artifact_uri, "files": [{"path": "dir/b.txt", "is_dir": False, "file_size": 1}]})
whole = download_artifacts(run_id=run_id, artifact_path="", dst_path=tempfile.mkdtemp())
check("a whole run is downloaded", sorted(os.listdir(whole)) == ["a.txt", "below", "dir", "one"] and (Path(whole) / "below/dir/b.txt").read_text() == "1")
check("a folder of a run is downloaded", os.listdir(download_artifacts(run_id=run_id, artifact_path="dir", dst_path=tempfile.mkdtemp()))[0] in ("dir", "b.txt"))
page = requests.get(f"{URI}/get-artifact", params={"run_id": run_id, "path": "a.txt"})
check("a browser downloads a file of a run", page.text == "0")

# Names and types as browsers receive them
for name, media in [("a.txt", "text/plain"), ("b.pkl", "application/octet-stream"), ("c.png", "image/png"), ("d.pdf", "application/pdf"), ("MLmodel", "text/plain"), ("mlproject", "text/plain")]:
    (folder / "typed").mkdir(exist_ok=True)
    (folder / "typed" / name).touch()
    client.log_artifact(run_id, str(folder / "typed" / name), "typed")
    answers = [requests.get(f"{URI}/get-artifact", params={"run_id": run_id, "path": f"typed/{name}"}, headers={"Accept": "text/html"})]
    if not DIRECT:
        answers.append(requests.get(f"{PROXY}/{run.info.experiment_id}/{run_id}/artifacts/typed/{name}", headers={"Accept": "text/html"}))
    check(f"{name} is a download of type {media} with its own name", all(
        answer.headers["Content-Type"] == media and name_of(answer) == name and answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
        for answer in answers
    ))

image = np.random.randint(0, 256, size=(100, 100, 3), dtype=np.uint8)
with mlflow.start_run() as pictured:
    mlflow.log_image(image, key="dog", step=20, timestamp=100, synchronous=True)
images = requests.get(f"{URI}/ajax-api/2.0/mlflow/artifacts/list", params={"path": "images", "run_id": pictured.info.run_id}).json()["files"]
check("images have thumbnails", len(images) == 2)
for file in images:
    answer = requests.get(f"{URI}/get-artifact", params={"run_id": pictured.info.run_id, "path": file["path"]})
    check(f"{file['path'].split('.')[-1]} keeps the name that tells step and time", "attachment; filename=dog+step+20+timestamp+100" in answer.headers["Content-Disposition"])
    if file["path"].endswith("png"):
        check("an image is unchanged", np.array_equal(np.asarray(Image.open(BytesIO(answer.content)), dtype=np.uint8), image))

client.create_registered_model("files")
requests.post(f"{URI}/ajax-api/2.0/mlflow/upload-artifact", params={"run_uuid": run_id, "path": "page/v.txt"}, data=b"by a page").raise_for_status()
check("a browser uploads a file", Path(client.download_artifacts(run_id, "page/v.txt", tempfile.mkdtemp())).read_text() == "by a page")
model = client.create_model_version("files", f"{run.info.artifact_uri}", run_id)
version = requests.get(f"{URI}/model-versions/get-artifact", params={"name": "files", "version": model.version, "path": "dir/b.txt"})
check("a browser downloads a file of a model version", version.text == "1")

large = folder / "large.bin"
large.write_bytes(random.Random(1).randbytes(45 * 1024 * 1024 + 17))
with mock.patch.object(HttpArtifactRepository, "_upload_part", wraps=HttpArtifactRepository._upload_part) as sent:
    client.log_artifact(run_id, str(large), "models")
check("a large file is uploaded in parts", sent.call_count == (0 if DIRECT else 8))
back = client.download_artifacts(run_id, "models/large.bin", tempfile.mkdtemp())
check("a large file is downloaded completely", digest(back) == digest(large))

if not DIRECT:
    model = client.create_model_version("files", "mlflow-artifacts:", run_id)
    requests.put(f"{PROXY}/top.txt", data=b"abcdefg").raise_for_status()
    version = requests.get(f"{URI}/model-versions/get-artifact", params={"name": "files", "version": model.version, "path": "top.txt"})
    check("a version whose source is the proxy itself has its files", version.text == "abcdefg")
    check("the proxy lists its root", {"path": "top.txt", "is_dir": False, "file_size": 7} in requests.get(PROXY).json()["files"])
    presigned = requests.get(f"{URI}/api/2.0/mlflow-artifacts/presigned/top.txt")
    given = presigned.json()
    check("a presigned URL returns a range without credentials", given["file_size"] == 7 and requests.get(given["url"], headers={**given["headers"], "Range": "bytes=2-4"}).text == "cde")
    client.delete_run(run_id)
    repository = mlflow.store.artifact.artifact_repository_registry.get_artifact_repository(run.info.artifact_uri)
    repository.delete_artifacts("models")
    check("a folder is deleted", "models" not in paths(run_id))
    with mock.patch.object(HttpArtifactRepository, "_upload_part", side_effect=RuntimeError("the network is gone")):
        try:
            repository.log_artifact(str(large), "models")
        except Exception as error:
            check("an upload that fails is aborted and leaves nothing", "Failed to upload" in str(error) and "models" not in paths(run_id))
else:
    check("the client wrote directly to the root", not run.info.artifact_uri.startswith("mlflow-artifacts"))

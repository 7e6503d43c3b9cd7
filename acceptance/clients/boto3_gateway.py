"""boto3 uses Cairn's S3 gateway behind a TLS proxy and a path, with object keys that proxies often rewrite."""
import os

import boto3
import requests
from botocore.config import Config

from facts import check

URI = os.environ["CAIRN_URL"]
CERTIFICATE = os.environ["CAIRN_CERTIFICATE"]
TOKEN = os.environ["CAIRN_TOKEN"]
UNITY = f"{URI}/api/2.1/unity-catalog"


def call(path, **body):
    answer = requests.post(
        f"{UNITY}/{path}", headers={"authorization": f"Bearer {TOKEN}"}, json=body, timeout=120, verify=CERTIFICATE
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


call("catalogs", name="proxied")
call("schemas", name="s", catalog_name="proxied")
volume = call("volumes", name="v", catalog_name="proxied", schema_name="s", volume_type="MANAGED")
vended = call("temporary-volume-credentials", volume_id=volume["volume_id"], operation="WRITE_VOLUME")
keys = vended["aws_temp_credentials"]
check("credentials contain the public address", keys["access_point"] == f"{URI}/api/cairn/v1/s3")
bucket, prefix = vended["url"].removeprefix("s3://").split("/", 1)
s3 = boto3.client(
    "s3",
    endpoint_url=keys["access_point"],
    aws_access_key_id=keys["access_key_id"],
    aws_secret_access_key=keys["secret_access_key"],
    aws_session_token=keys["session_token"],
    region_name="us-east-1",
    verify=CERTIFICATE,
    config=Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    ),
)
names = ["plain.txt", "part=1/a b+c.txt", "한글/100%25.txt"]
for name in names:
    s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body=name.encode())
for name in names:
    check(f"{name} is read", s3.get_object(Bucket=bucket, Key=f"{prefix}/{name}")["Body"].read() == name.encode())
listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/")
check("all objects are listed", {one["Key"] for one in listed["Contents"]} == {f"{prefix}/{name}" for name in names})

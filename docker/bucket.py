# ruff: noqa: INP001 - a script of the image, no package
"""Make the bucket of the documents where the object store has none."""

import os

import boto3
from botocore.exceptions import ClientError

client = boto3.client("s3", endpoint_url=os.environ["DOCUMENTS_ENDPOINT"])
try:
    client.create_bucket(Bucket=os.environ["DOCUMENTS_BUCKET"])
except ClientError as error:
    if error.response["Error"]["Code"] not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
        raise

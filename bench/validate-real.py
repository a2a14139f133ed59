# ParallelCluster's own schema over configurations, a path to a file of JSON lines given: milliseconds as JSON.
# Each load asks boto3 for the region, which takes most of its time; nothing here asks AWS.
import json
import logging
import os
import sys
import time

os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
logging.disable(logging.CRITICAL)
start = time.perf_counter()
from pcluster.schemas.cluster_schema import ClusterSchema  # noqa: E402
from pcluster.utils import yaml_load  # noqa: E402

loaded = time.perf_counter()


def load(text):
    try:
        ClusterSchema(cluster_name="bench").load(yaml_load(text))
    except Exception:
        pass


def seconds(text):
    begin = time.perf_counter()
    load(text)
    return time.perf_counter() - begin


with open(sys.argv[1]) as lines:
    typical, *texts = [json.loads(line)["yaml"] for line in lines]
first = seconds(typical)
warm = sorted(seconds(typical) for _ in range(20))[10]
each = sum(seconds(text) for text in texts) / len(texts)
figures = {"importing": loaded - start, "first": first, "warm": warm, "each": each}
print(json.dumps({name: value * 1000 for name, value in figures.items()}))

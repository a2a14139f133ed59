# ParallelCluster's own validator over configurations, a path to a file of JSON lines given: milliseconds as JSON.
import json
import logging
import os
import sys
import time

os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
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


with open(sys.argv[1]) as lines:
    texts = [json.loads(line)["yaml"] for line in lines]
load(texts[0])
first = time.perf_counter()
for _ in range(20):
    load(texts[0])
warm = time.perf_counter()
for text in texts:
    load(text)
end = time.perf_counter()
print(
    json.dumps(
        {
            "importing": (loaded - start) * 1000,
            "first": (first - loaded) * 1000,
            "warm": (warm - first) * 1000 / 20,
            "all": (end - warm) * 1000,
        }
    )
)

"""Prints as JSON what TensorBoard itself reads below a log folder.

Usage: python3 read_events.py <logdir>

{"version": ..., "runs": {run: {"scalars": {tag: [[step, value], ...]}, "histograms": {tag: [[step, buckets], ...]},
                                "text": {tag: [[step, text], ...]}}},
 "legacy": {run: {tag: [[step, value], ...]}}}

`runs` comes from the multiplexer behind today's dashboards, `legacy` from EventAccumulator, which many scripts use.
Numbers are float64 in full; those that JSON lacks are the strings "nan", "inf" and "-inf".
"""

import glob
import json
import math
import os
import sys

from tensorboard import version
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.util import tensor_util


def number(value):
    value = float(value)
    return value if math.isfinite(value) else str(value)


def read_runs(logdir):
    multiplexer = EventMultiplexer(tensor_size_guidance={"scalars": 0, "histograms": 0}, purge_orphaned_data=True)
    multiplexer.AddRunsFromDirectory(logdir)
    multiplexer.Reload()
    runs = {}
    for run in multiplexer.Runs():
        found = runs[run] = {"scalars": {}, "histograms": {}, "text": {}}
        for tag in multiplexer.Runs()[run]["tensors"]:
            plugin = multiplexer.SummaryMetadata(run, tag).plugin_data.plugin_name
            series = found[plugin][tag] = []
            for event in multiplexer.Tensors(run, tag):
                array = tensor_util.make_ndarray(event.tensor_proto)
                if plugin == "text":
                    series.append([event.step, array.item().decode()])
                elif plugin == "scalars":
                    series.append([event.step, number(array.item())])
                else:
                    series.append([event.step, [[number(x) for x in row] for row in array]])
    return runs


def read_legacy(logdir):
    runs = {}
    for run in sorted(path for path in glob.glob("**", root_dir=logdir, recursive=True)):
        if not glob.glob(os.path.join(logdir, run, "events.out.tfevents.*")):
            continue
        accumulator = EventAccumulator(os.path.join(logdir, run), size_guidance={"scalars": 0})
        accumulator.Reload()
        runs[run] = {
            tag: [[event.step, number(event.value)] for event in accumulator.Scalars(tag)]
            for tag in accumulator.Tags()["scalars"]
        }
    return runs


logdir = sys.argv[1]
print(json.dumps({"version": version.VERSION, "runs": read_runs(logdir), "legacy": read_legacy(logdir)}))

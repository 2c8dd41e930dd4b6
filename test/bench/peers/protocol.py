"""What every peer program shares: arguments, and answering requests line by line.

A request {"variant": "train", "steps": 20} is answered by {"steps": 20, "wall": 41.5, "cpu": 41.2}, both in
milliseconds, a request {"memory": true} by the growth of resident memory, at its peak, since before the work
was built.
"""
import argparse
import json
import resource
import sys
import time

import torch


def arguments(description):
    """Reads the command line, pins the number of threads, and returns the sizes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--sizes', type=json.loads, default={})
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    return options.sizes


def resident_bytes():
    with open('/proc/self/statm') as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


before = resident_bytes()


def serve(variants):
    """Answers requests until the input ends. `variants` maps names to functions that do one step."""
    print(json.dumps({'ready': True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if 'memory' in request:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            answer = {'resident': peak - before}
        else:
            step, steps = variants[request['variant']], request['steps']
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(steps):
                step()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            answer = {'steps': steps, 'wall': 1e3 * wall, 'cpu': 1e3 * cpu}
        print(json.dumps(answer), flush=True)

#!/usr/bin/python3
"""Measures OrleansVectors, hnswlib and faiss on the same files in the same run, and prints a table of ratios.

    python3 tests/OrleansVectors.Benchmarks/peers.py --base FILE --query FILE --truth FILE --metric euclidean

Each round runs every engine once, one after the other, so that a machine that slows down slows down all of them; a
figure is the median over the rounds. All engines get the same M, efConstruction, ef and threads. The lines are those of
the benchmark's `ann` command, NAME,SET,INDEX AND PARAMETERS,THREADS,RECALL10,QPS,BUILD_SECONDS,MIB, then comes the table:
queries per second at equal recall, interpolated along each engine's curve (log of the speed over log of the missed
share), and OrleansVectors' speed divided by the engine's.

Peers: hnswlib(native), compiled here by g++ -O3 -march=native from Debian's libhnswlib-dev: the honest one;
hnswlib(debian), python3-hnswlib, which is compiled for any x86-64; faiss(debian), python3-faiss, likewise.
A peer that is not installed is left out with a message. Needs python3-numpy.
"""

import argparse
import gzip
import importlib.util
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

K = 10
PASSES_MIN = 3
MEASURED_SECONDS_MIN = 1.0
MEBIBYTE = 1 << 20
DOT_ROUNDING = 1e-6  # inner products tie only up to the rounding of float32
RECALLS = (0.95, 0.99)
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def log(text):
    print(text, file=sys.stderr, flush=True)


# ---- files ----

def read_bytes(path):
    with open(path, "rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rb") if compressed else open(path, "rb") as file:
        return file.read()


def read_rows(path):
    """The rows of an .fvecs, .bvecs, .ivecs or .npy file, gzip or plain, in the file's own element type."""
    name = path[:-3] if path.endswith(".gz") else path
    raw = read_bytes(path)
    if name.endswith(".npy"):
        import io
        return np.load(io.BytesIO(raw), allow_pickle=False)
    element = {".fvecs": np.float32, ".ivecs": np.int32, ".bvecs": np.uint8}[os.path.splitext(name)[1]]
    dim = int.from_bytes(raw[:4], "little")
    row_bytes = 4 + dim * np.dtype(element).itemsize
    table = np.frombuffer(raw, np.uint8).reshape(-1, row_bytes)[:, 4:]
    return np.ascontiguousarray(table).view(element)


# ---- truth ----

def exact_distances(metric, query, rows):
    query, rows = query.astype(np.float64), rows.astype(np.float64)
    return ((rows - query) ** 2).sum(axis=1) if metric == "euclidean" else -(rows @ query)


def compute_truth(metric, base, queries):
    """Exact neighbours: a float32 product proposes 100 for each query, float64 decides among them."""
    squares = (base ** 2).sum(axis=1) if metric == "euclidean" else 0
    proposals = min(100, len(base))
    truth = np.empty((len(queries), K), np.int32)
    for start in range(0, len(queries), 100):
        block = queries[start:start + 100]
        rough = squares - (2 if metric == "euclidean" else 1) * (block @ base.T)
        for i, ids in enumerate(np.argpartition(rough, proposals - 1, axis=1)[:, :proposals]):
            order = np.argsort(exact_distances(metric, block[i], base[ids]), kind="stable")
            truth[start + i] = ids[order[:K]]
    return truth


class Task:
    """The vectors, the queries and what counts as correct; the same rules as the `ann` command's."""

    def __init__(self, options):
        self.metric = options.metric
        base, self.queries = read_rows(options.base), read_rows(options.query).astype(np.float32)
        truth = read_rows(options.truth)[:, :K]
        self.name = (os.path.basename(os.path.dirname(os.path.abspath(options.base)))
                     or os.path.basename(options.base)).replace(",", "_")
        cut = options.rows is not None and options.rows < len(base)
        if cut:
            base = base[:options.rows]
            self.name += f":{options.rows}"
        self.base = base.astype(np.float32)
        if self.metric == "cosine":
            for rows in (self.base, self.queries):
                norms = np.linalg.norm(rows, axis=1, keepdims=True)
                rows /= np.where(norms == 0, 1, norms)
        if cut:
            log("a part of the base is taken: computing the truth again")
            truth = compute_truth(self.metric, self.base, self.queries)
        tenth = np.array([exact_distances(self.metric, query, self.base[ids]).max() for query, ids in zip(self.queries, truth)])
        self.farthest_correct = tenth + (0 if self.metric == "euclidean" else DOT_ROUNDING * np.abs(tenth))

    def recall(self, found):
        correct = 0
        for query, ids, farthest in zip(self.queries, found, self.farthest_correct):
            correct += int((exact_distances(self.metric, query, self.base[ids[ids >= 0]]) <= farthest).sum())
        return correct / (len(self.queries) * K)


class Point:
    def __init__(self, engine, parameters, ef, recall, qps, build_seconds, mebibytes):
        self.engine, self.parameters, self.ef = engine, parameters, ef
        self.recall, self.qps, self.build_seconds, self.mebibytes = recall, qps, build_seconds, mebibytes

    def print(self, task, threads):
        print(f"{self.engine},{task.name},{self.parameters},{threads},{self.recall:.4f},{self.qps:.1f},"
              f"{self.build_seconds:.2f},{self.mebibytes:.1f}", flush=True)


def seconds_of(options, threads):
    """A reading of the chosen clock: of the day, or of the processor divided by the threads at work."""
    return time.process_time() / threads if options.clock == "cpu" else time.perf_counter()


def median_qps(options, queries, run):
    """The protocol of the `ann` command: a warm-up, then the median of passes that take a second together."""
    run()
    seconds = []
    while len(seconds) < PASSES_MIN or sum(seconds) < MEASURED_SECONDS_MIN:
        start = seconds_of(options, options.threads)
        run()
        seconds.append(seconds_of(options, options.threads) - start)
    return queries / statistics.median(seconds)


def parameters_of(options, ef):
    return f"hnsw m={options.m} efc={options.ef_construction} ef={ef}"


# ---- engines: each yields its points ----

def run_ov(task, options, _):
    command = [
        "dotnet", "run", "--no-build", "-c", "Release", "--project", HERE, "--", "ann",
        "--base", options.base, "--query", options.query, "--truth", options.truth, "--metric", options.metric,
        "--index", "hnsw", "--m", str(options.m), "--ef-construction", str(options.ef_construction),
        "--ef", ",".join(map(str, options.ef)), "--threads", str(options.threads), "--build-threads", str(options.build_threads),
        "--clock", options.clock]
    if options.rows is not None:
        command += ["--rows", str(options.rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for ef, line in zip(options.ef, process.stdout):
            _, _, parameters, _, recall, qps, build_seconds, mebibytes = line.strip().split(",")
            yield Point("ov", parameters, ef, float(recall), float(qps), float(build_seconds), float(mebibytes))
    if process.returncode != 0:
        sys.exit(f"ov failed with exit code {process.returncode}")


def run_hnswlib_native(task, options, folder):
    base, query, results = (os.path.join(folder, name) for name in ("base.f32", "query.f32", "results.i32"))
    if not os.path.exists(base):
        task.base.tofile(base)
        task.queries.tofile(query)
    command = [
        os.path.join(folder, "hnswlib_bench"), base, query, str(task.base.shape[1]), options.metric, str(options.m),
        str(options.ef_construction), ",".join(map(str, options.ef)), str(options.threads), str(options.build_threads),
        options.clock, results]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    found = np.fromfile(results, np.int32).reshape(len(lines), len(task.queries), K)
    for line, ids in zip(lines, found):
        ef, qps, build_seconds, size = line.split()
        yield Point("hnswlib(native)", parameters_of(options, ef), int(ef), task.recall(ids), float(qps), float(build_seconds),
                    int(size) / MEBIBYTE)


def run_hnswlib_debian(task, options, folder):
    import hnswlib
    index = hnswlib.Index("l2" if options.metric == "euclidean" else "ip", task.base.shape[1])
    index.init_index(len(task.base), M=options.m, ef_construction=options.ef_construction)
    start = seconds_of(options, options.build_threads)
    index.add_items(task.base, num_threads=options.build_threads)
    build_seconds = seconds_of(options, options.build_threads) - start
    saved = os.path.join(folder, "hnswlib.index")
    index.save_index(saved)
    size = os.path.getsize(saved)
    os.remove(saved)
    for ef in options.ef:
        index.set_ef(max(ef, K))
        qps = median_qps(options, len(task.queries), lambda: index.knn_query(task.queries, K, num_threads=options.threads))
        ids = index.knn_query(task.queries, K, num_threads=options.threads)[0].astype(np.int64)
        yield Point("hnswlib(debian)", parameters_of(options, ef), ef, task.recall(ids), qps, build_seconds, size / MEBIBYTE)


def run_faiss(task, options, _):
    import faiss
    metric = faiss.METRIC_L2 if options.metric == "euclidean" else faiss.METRIC_INNER_PRODUCT
    index = faiss.IndexHNSWFlat(task.base.shape[1], options.m, metric)
    index.hnsw.efConstruction = options.ef_construction
    faiss.omp_set_num_threads(options.build_threads)
    start = seconds_of(options, options.build_threads)
    index.add(task.base)
    build_seconds = seconds_of(options, options.build_threads) - start
    size = len(faiss.serialize_index(index))
    faiss.omp_set_num_threads(options.threads)
    for ef in options.ef:
        index.hnsw.efSearch = ef
        qps = median_qps(options, len(task.queries), lambda: index.search(task.queries, K))
        ids = index.search(task.queries, K)[1]
        yield Point("faiss(debian)", parameters_of(options, ef), ef, task.recall(ids), qps, build_seconds, size / MEBIBYTE)


def prepare(options, folder):
    """The engines that can run here."""
    engines = [("ov", run_ov)]
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", "--nologo", HERE], stdout=sys.stderr, check=True)
    header = "/usr/include/hnswlib/hnswlib.h"
    if shutil.which("g++") and os.path.exists(header):
        subprocess.run(
            ["g++", "-O3", "-march=native", "-std=c++17", "-pthread", "-w", os.path.join(HERE, "hnswlib_bench.cpp"),
             "-o", os.path.join(folder, "hnswlib_bench")], check=True)
        engines.append(("hnswlib(native)", run_hnswlib_native))
    else:
        log(f"hnswlib(native) is left out: it needs g++ and {header} (libhnswlib-dev)")
    for name, module, run in (("hnswlib(debian)", "hnswlib", run_hnswlib_debian), ("faiss(debian)", "faiss", run_faiss)):
        if importlib.util.find_spec(module):
            engines.append((name, run))
        else:
            log(f"{name} is left out: python3-{module} is not installed")
    if options.engines:
        engines = [(name, run) for name, run in engines if name in options.engines]
    return engines


# ---- the table ----

def qps_at(points, recall):
    """Speed at a recall, and whether it is only a lower bound: the fastest point measured is better than asked."""
    def missed(point):
        return -math.log10(max(1 - point.recall, 1e-5))
    wanted = -math.log10(1 - recall)
    ordered = sorted(points, key=missed)
    if missed(ordered[0]) >= wanted:
        return ordered[0].qps, True
    for left, right in zip(ordered, ordered[1:]):
        if missed(right) >= wanted:
            share = (wanted - missed(left)) / (missed(right) - missed(left))
            return math.exp((1 - share) * math.log(left.qps) + share * math.log(right.qps)), False
    return None, False


def medians(rounds, engine):
    """One point for each ef: the medians over the rounds."""
    by_ef = {}
    for point in (point for points in rounds for point in points if point.engine == engine):
        by_ef.setdefault(point.ef, []).append(point)
    return [
        Point(engine, group[0].parameters, ef, *(statistics.median(getattr(point, field) for point in group)
              for field in ("recall", "qps", "build_seconds", "mebibytes")))
        for ef, group in by_ef.items()]


def print_table(task, options, rounds, engines):
    print(f"\n{task.name}: {len(task.base)} x {task.base.shape[1]}, {options.metric}, M {options.m}, efConstruction "
          f"{options.ef_construction}, {options.threads} search thread(s), {options.build_threads} build threads, "
          f"{options.clock} clock, medians of {len(rounds)} round(s)\n")
    columns = ["engine"]
    for recall in RECALLS:
        columns += [f"QPS at {recall}", f"ov / engine at {recall}"]
    columns += ["build s", "engine / ov", "MiB", "best recall"]
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    curves = {name: medians(rounds, name) for name, _ in engines}
    ours = curves.get("ov")
    for name, curve in curves.items():
        cells = [name]
        for recall in RECALLS:
            qps, bound = qps_at(curve, recall)
            mine, mine_bound = qps_at(ours, recall) if ours else (None, False)
            cells.append("never" if qps is None else f"{'>' if bound else ''}{qps:,.0f}")
            cells.append("" if qps is None or mine is None else f"{'~' if bound or mine_bound else ''}{mine / qps:.2f}")
        build = curve[0].build_seconds
        cells += [f"{build:.1f}", f"{build / ours[0].build_seconds:.2f}" if ours else "", f"{curve[0].mebibytes:.0f}",
                  f"{max(point.recall for point in curve):.4f}"]
        print("| " + " | ".join(cells) + " |")
    print("\n'>': even the fastest point measured has a better recall, so the speed at this recall is at least that; "
          "'~': a ratio of such.", flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--base", "--query", "--truth"):
        parser.add_argument(name, required=True, type=os.path.abspath)
    parser.add_argument("--metric", required=True, choices=("euclidean", "cosine", "dot"))
    parser.add_argument("--m", type=int, default=16)
    parser.add_argument("--ef-construction", type=int, default=200)
    parser.add_argument("--ef", type=lambda text: [int(ef) for ef in text.split(",")],
                        default=[10, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--build-threads", type=int, default=2)
    parser.add_argument("--rows", type=int, help="take only the first rows of the base")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall",
                        help="what a second is; cpu where the machine is not yours alone")
    parser.add_argument("--rounds", type=int, default=1, help="how often each engine is built and measured")
    parser.add_argument("--engines", type=lambda text: text.split(","), help="names of the table, separated by commas")
    options = parser.parse_args()
    for path in (options.base, options.query, options.truth):
        if not os.path.exists(path):
            parser.error(f"there is no file {path}")
    return options


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        engines = prepare(options, folder)
        task = Task(options)
        rounds = []
        for number in range(options.rounds):
            points = []
            for name, run in engines:
                log(f"round {number + 1} of {options.rounds}: {name}")
                for point in run(task, options, folder):
                    point.print(task, options.threads)
                    points.append(point)
            rounds.append(points)
        print_table(task, options, rounds, engines)


if __name__ == "__main__":
    main()

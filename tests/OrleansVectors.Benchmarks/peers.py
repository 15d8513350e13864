#!/usr/bin/python3
"""Measures OrleansVectors, hnswlib, faiss, usearch and glass on the same files in the same run, and prints a table of ratios.

    python3 tests/OrleansVectors.Benchmarks/peers.py --base FILE --query FILE --truth FILE --metric euclidean

Each round runs every engine once, one after the other, so that a machine that slows down slows down all of them; a
figure is the median over the rounds. All graphs get the same M, efConstruction, ef and threads. The lines are those of
the benchmark's `ann` command, NAME,SET,INDEX AND PARAMETERS,THREADS,RECALL10,QPS,BUILD_SECONDS,MIB, then comes the table:
queries per second at equal recall, interpolated along each engine's curve (log of the speed over log of the missed
share), and each engine's speed divided by that of the reference, hnswlib.

--filter-selectivity lets each query see a part of the points, --churn changes all points first; then `ov` and hnswlib run
alone, on the same sets and the same changes, which `ov` decides and saves. --svg draws the curves.

Peers: hnswlib(native), compiled here by g++ -O3 -march=native from Debian's libhnswlib-dev or from --hnswlib (filters and
replacing need 0.7 or later, Debian 12 has 0.6.2): the honest one; hnswlib(debian), python3-hnswlib, which is compiled for
any x86-64. faiss: an own build given with --faiss, else python3-faiss, which is compiled for any x86-64. usearch and glass,
given with --usearch and --glass, are headers that are compiled here, with -ffast-math as their own builds have it:
usearch(i8) knows nothing but eight bits of a component; glass walks SQ8U codes, glass(sq4) SQ4U codes, and both compare the
nearest again with FP16 vectors.
A peer that is not there is left out with a message. Needs python3-numpy.
"""

import argparse
import gzip
import importlib.util
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import recall_plot

K = 10
PASSES_MIN = 3
MEASURED_SECONDS_MIN = 1.0
MEBIBYTE = 1 << 20
DOT_ROUNDING = 1e-6  # inner products tie only up to the rounding of float32
RECALLS = (0.95, 0.99, 0.999)
REFERENCE = "hnswlib(native)"
FILTER_HEADER = "BaseFilterFunctor"  # what hnswlib 0.7 brought
USEARCH = {"usearch": "f32", "usearch(i8)": "i8"}
GLASS = {"glass": "SQ8U", "glass(sq4)": "SQ4U"}
OV = {
    "ov": ["--index", "hnsw"],
    "ov(int8)": ["--index", "hnsw", "--quantizer", "int8"],
    "ov(int4)": ["--index", "hnsw", "--quantizer", "int4"],
    "ov-ivf": ["--index", "ivf", "--nprobe", "1,2,4,8,16,32,64,128,256"],
    "ov-ivf(int8)": ["--index", "ivf", "--quantizer", "int8", "--nprobe", "1,2,4,8,16,32,64,128,256"],
    "ov-ivf(pq)": ["--index", "ivf", "--quantizer", "pq", "--nprobe", "1,2,4,8,16,32,64,128,256"],
}
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
    truth = np.empty((len(queries), min(K, len(base))), np.int32)
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
        self.queries, truth = self.queries[:options.queries], truth[:options.queries]
        cut = options.rows is not None and options.rows < len(base)
        if cut:
            base = base[:options.rows]
            self.name += f":{options.rows}"
        self.base = base.astype(np.float32)
        if self.metric == "cosine":
            for rows in (self.base, self.queries):
                norms = np.linalg.norm(rows, axis=1, keepdims=True)
                rows /= np.where(norms == 0, 1, norms)
        self.truth = truth
        if cut:
            log("a part of the base is taken: computing the truth again")
            self.truth = compute_truth(self.metric, self.base, self.queries)
        self.judge(self.truth)

    def judge(self, truth):
        """Takes these as the true neighbours: one list of rows for each query."""
        self.wanted = sum(len(ids) for ids in truth)
        tenth = np.array([exact_distances(self.metric, query, self.base[ids]).max() for query, ids in zip(self.queries, truth)])
        self.farthest_correct = tenth + (0 if self.metric == "euclidean" else DOT_ROUNDING * np.abs(tenth))

    def see(self, sets, choice):
        """Lets each query see the rows of its set only."""
        truth = [None] * len(choice)
        for number, rows in enumerate(sets):
            mine = np.flatnonzero(choice == number)
            if len(mine):
                for query, ids in zip(mine, compute_truth(self.metric, self.base[rows], self.queries[mine])):
                    truth[query] = rows[ids]
        self.judge(truth)

    def recall(self, found):
        correct = 0
        for query, ids, farthest in zip(self.queries, found, self.farthest_correct):
            correct += int((exact_distances(self.metric, query, self.base[ids[ids >= 0]]) <= farthest).sum())
        return correct / self.wanted


class Point:
    def __init__(self, engine, parameters, recall, qps, build_seconds, mebibytes):
        self.engine, self.parameters = engine, parameters
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

def run_ov(name, task, options, folder):
    command = [
        "dotnet", os.path.join(HERE, "bin", "Release", "net10.0", "OrleansVectors.Benchmarks.dll"), "ann",
        "--base", options.base, "--query", options.query, "--truth", options.truth, "--metric", options.metric, *OV[name],
        "--m", str(options.m), "--ef-construction", str(options.ef_construction),
        "--ef", ",".join(map(str, options.ef)), "--threads", str(options.threads), "--build-threads", str(options.build_threads),
        "--clock", options.clock]
    if options.rows is not None:
        command += ["--rows", str(options.rows)]
    if options.queries is not None:
        command += ["--queries", str(options.queries)]
    if options.filter_selectivity is not None:
        command += ["--filter-selectivity", str(options.filter_selectivity), "--filter-kind", options.filter_kind,
                    "--filter-save", os.path.join(folder, "filter.i32")]
    if options.churn is not None:
        command += ["--churn", str(options.churn), "--churn-kind", options.churn_kind, "--churn-searchers", "0",
                    "--churn-save", os.path.join(folder, "churn.i32")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            _, _, parameters, _, recall, qps, build_seconds, mebibytes = line.strip().split(",")
            state = "" if options.churn is None else ":fresh" if " fresh " in parameters else ":changed"
            yield Point(name + state, parameters, float(recall), float(qps), float(build_seconds), float(mebibytes))
    if process.returncode != 0:
        sys.exit(f"{name} failed with exit code {process.returncode}")
    judge_saved(task, options, folder)


def judge_saved(task, options, folder):
    """What the queries may see, or what is left after the changes, from the files that `ov` saved."""
    if options.filter_selectivity is not None:
        saved = np.fromfile(os.path.join(folder, "filter.i32"), np.int32)
        sets, matches, queries = saved[:3]
        task.see(saved[3 + queries:].reshape(sets, matches), saved[3:3 + queries])
    if options.churn is not None:
        saved = np.fromfile(os.path.join(folder, "churn.i32"), np.int32)
        live = set(saved[2:2 + saved[0]].tolist())
        for gone, come in saved[2 + saved[0]:].reshape(-1, 2).tolist():
            live.remove(gone)
            live.add(come)
        task.see([np.array(sorted(live), np.int32)], np.zeros(len(task.queries), np.int32))


def run_native(program, task, options, folder, arguments):
    """Runs one of our drivers; gives its lines, each with the ids it found for every query."""
    base, query, results = (os.path.join(folder, name) for name in ("base.f32", "query.f32", "results.i32"))
    if not os.path.exists(base):
        task.base.tofile(base)
        task.queries.tofile(query)
    command = [
        os.path.join(folder, program), f"base={base}", f"query={query}", f"dim={task.base.shape[1]}", f"metric={options.metric}",
        f"efc={options.ef_construction}", f"threads={options.threads}", f"build_threads={options.build_threads}",
        f"clock={options.clock}", f"results={results}", *arguments]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return zip(lines, np.fromfile(results, np.int32).reshape(len(lines), len(task.queries), K))


def run_hnswlib_native(name, task, options, folder):
    arguments = [f"m={options.m}", f"ef={','.join(map(str, options.ef))}"]
    if options.filter_selectivity is not None:
        arguments.append(f"filter={os.path.join(folder, 'filter.i32')}")
    if options.churn is not None:
        arguments.append(f"churn={os.path.join(folder, 'churn.i32')}")
    for line, ids in run_native("hnswlib_bench", task, options, folder, arguments):
        state, ef, qps, build_seconds, size, live, reachable = line.split()
        note = ""
        if options.filter_selectivity is not None:
            note = f" filter={options.filter_kind}:{options.filter_selectivity}"
        if state != "built":
            note = f" churn={options.churn_kind}:{options.churn} {state} live={live} reachable={reachable}"
        yield Point(name + ("" if state == "built" else f":{state}"), parameters_of(options, ef) + note, task.recall(ids), float(qps),
                    float(build_seconds), int(size) / MEBIBYTE)


def faiss_kinds(task, options):
    """Each kind of index by name: its text for index_factory and its points."""
    rows, dim = task.base.shape
    lists = 1 << round(math.log2(4 * math.sqrt(rows)))
    subvectors = dim // 2 if dim <= 256 else dim // 8
    walks = [f"efSearch={ef}" for ef in options.ef]
    probes = [probe for probe in (1, 2, 4, 8, 16, 32, 64, 128, 256) if probe <= lists]
    return {
        "faiss-hnsw": (f"HNSW{options.m}", walks),
        "faiss-hnsw-sq8": (f"HNSW{options.m}_SQ8", walks),
        "faiss-ivf": (f"IVF{lists},Flat", [f"nprobe={probe}" for probe in probes]),
        "faiss-ivf-pqfs": (f"IVF{lists},PQ{subvectors}x4fs,RFlat",
                           [f"nprobe={probe},k_factor_rf={factor}" for factor in (2, 8, 32) for probe in probes]),
    }


def run_faiss_native(name, task, options, folder):
    factory, points = faiss_kinds(task, options)[name.split("(")[0]]
    arguments = [f"factory={factory}", f"points={';'.join(points)}"]
    for line, ids in run_native("faiss_bench", task, options, folder, arguments):
        point, qps, build_seconds, size = line.split()
        yield Point(name, f"{factory} {point}".replace(",", " "), task.recall(ids), float(qps), float(build_seconds), int(size) / MEBIBYTE)


def run_headers(program, choice, note):
    """An engine whose driver prints a line for each ef."""
    def run(name, task, options, folder):
        arguments = [choice, f"m={options.m}", f"ef={','.join(map(str, options.ef))}"]
        for line, ids in run_native(program, task, options, folder, arguments):
            ef, qps, build_seconds, size = line.split()
            yield Point(name, f"{parameters_of(options, ef)} {note}", task.recall(ids), float(qps), float(build_seconds), int(size) / MEBIBYTE)
    return run


def run_faiss_debian(name, task, options, _):
    import faiss
    factory, points = faiss_kinds(task, options)[name.split("(")[0]]
    metric = faiss.METRIC_L2 if options.metric == "euclidean" else faiss.METRIC_INNER_PRODUCT
    index = faiss.index_factory(task.base.shape[1], factory, metric)
    if factory.startswith("HNSW"):
        faiss.downcast_index(index).hnsw.efConstruction = options.ef_construction
    faiss.omp_set_num_threads(options.build_threads)
    start = seconds_of(options, options.build_threads)
    index.train(task.base)
    index.add(task.base)
    build_seconds = seconds_of(options, options.build_threads) - start
    size = len(faiss.serialize_index(index))
    faiss.omp_set_num_threads(options.threads)
    for point in points:
        faiss.ParameterSpace().set_index_parameters(index, point)
        qps = median_qps(options, len(task.queries), lambda: index.search(task.queries, K))
        ids = index.search(task.queries, K)[1]
        yield Point(name, f"{factory} {point}".replace(",", " "), task.recall(ids), qps, build_seconds, size / MEBIBYTE)


def run_hnswlib_debian(name, task, options, folder):
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
        yield Point(name, parameters_of(options, ef), task.recall(ids), qps, build_seconds, size / MEBIBYTE)


def compile_native(folder, source, arguments):
    """Compiles one of our drivers for this machine."""
    program = os.path.join(folder, source.removesuffix(".cpp"))
    subprocess.run(
        ["g++", "-O3", "-march=native", "-std=c++20", "-pthread", "-w", os.path.join(HERE, source), "-o", program, *arguments], check=True)


def prepare(options, folder):
    """The engines that can run here."""
    wanted = [name for name in OV if name == "ov" or options.engines and name in options.engines]
    engines = [(name, run_ov) for name in wanted]
    if not options.no_build:
        subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", "--nologo", HERE], stdout=sys.stderr, check=True)
    special = options.filter_selectivity is not None or options.churn is not None

    header = os.path.join(options.hnswlib, "hnswlib", "hnswlib.h")
    if not shutil.which("g++") or not os.path.exists(header):
        log(f"hnswlib(native) is left out: it needs g++ and {header} (libhnswlib-dev)")
    else:
        with open(header, encoding="utf-8") as file:
            has_filters = FILTER_HEADER in file.read()
        if special and not has_filters:
            log(f"hnswlib(native) is left out: {header} is older than 0.7, which brought filters and replacing (see --hnswlib)")
        else:
            compile_native(folder, "hnswlib_bench.cpp", ["-I" + options.hnswlib] + ["-DHNSWLIB_HAS_FILTERS"] * has_filters)
            engines.append((REFERENCE, run_hnswlib_native))
    if special:
        return chosen(options, engines)

    if importlib.util.find_spec("hnswlib"):
        engines.append(("hnswlib(debian)", run_hnswlib_debian))
    else:
        log("hnswlib(debian) is left out: python3-hnswlib is not installed")
    kinds = ("faiss-hnsw", "faiss-hnsw-sq8", "faiss-ivf", "faiss-ivf-pqfs")
    if options.faiss:
        library = next((os.path.join(path, file) for path, _, files in os.walk(options.faiss) for file in files
                        if re.fullmatch(r"libfaiss(_avx2|_avx512)?\.a", file)), None)
        if library is None:
            sys.exit(f"--faiss: there is no libfaiss*.a below {options.faiss}")
        compile_native(folder, "faiss_bench.cpp", ["-I" + options.faiss, "-fopenmp", library, "-lopenblas"])
        engines += [(f"{kind}(native)", run_faiss_native) for kind in kinds]
    elif importlib.util.find_spec("faiss"):
        engines += [(f"{kind}(debian)", run_faiss_debian) for kind in kinds]
    else:
        log("faiss is left out: python3-faiss is not installed")
    return chosen(options, engines + prepare_usearch(options, folder) + prepare_glass(options, folder))


def prepare_usearch(options, folder):
    if not options.usearch:
        log("usearch is left out: see --usearch")
        return []
    need(options.usearch, "--usearch", "include/usearch/index_dense.hpp")
    simd = os.path.join(options.usearch, "simsimd", "include")
    has_simd = os.path.exists(os.path.join(simd, "simsimd", "simsimd.h"))
    if not has_simd:
        log(f"usearch is slower than it could be: there is no SimSIMD in {simd}")
    compile_native(folder, "usearch_bench.cpp", [
        "-ffast-math", "-I" + os.path.join(options.usearch, "include"), "-I" + simd, f"-DUSEARCH_USE_SIMSIMD={int(has_simd)}",
        "-DUSEARCH_USE_FP16LIB=0"])
    return [(name, run_headers("usearch_bench", f"scalar={scalar}", f"scalar={scalar}")) for name, scalar in USEARCH.items()]


def prepare_glass(options, folder):
    if not options.glass:
        log("glass is left out: see --glass")
        return []
    need(options.glass, "--glass", "glass/hnsw/hnsw.hpp")
    compile_native(folder, "glass_bench.cpp", [
        "-ffast-math", "-fopenmp", "-I" + options.glass, "-I" + os.path.join(options.glass, "third_party", "helpa")])
    return [(name, run_headers("glass_bench", f"walk={walk}", f"walk={walk}")) for name, walk in GLASS.items()]


def need(folder, option, header):
    if not os.path.exists(os.path.join(folder, header)):
        sys.exit(f"{option}: there is no {header} below {folder}")


def chosen(options, engines):
    return [(name, run) for name, run in engines if not options.engines or name in options.engines]


# ---- the table ----

def qps_at(points, recall):
    """Speed at a recall, and whether it is only a lower bound: the fastest point measured is better than asked."""
    def missed(share):
        return -math.log10(max(1 - share, 1e-5))
    wanted = missed(recall)
    curve = recall_plot.frontier((point.recall, point.qps) for point in points)
    if missed(curve[0][0]) >= wanted:
        return curve[0][1], missed(curve[0][0]) > wanted
    for (left, left_qps), (right, right_qps) in zip(curve, curve[1:]):
        if missed(right) >= wanted:
            share = (wanted - missed(left)) / (missed(right) - missed(left))
            return math.exp((1 - share) * math.log(left_qps) + share * math.log(right_qps)), False
    return None, False


def medians(points):
    """One point for each setting: the medians over the rounds."""
    by_parameters = {}
    for point in points:
        by_parameters.setdefault(re.sub(r" \S+-us=\d+", "", point.parameters), []).append(point)
    return [
        Point(group[0].engine, parameters, *(statistics.median(getattr(point, field) for point in group)
              for field in ("recall", "qps", "build_seconds", "mebibytes")))
        for parameters, group in by_parameters.items()]


def curves_of(rounds):
    by_engine = {}
    for point in (point for points in rounds for point in points):
        by_engine.setdefault(point.engine, []).append(point)
    return {engine: medians(points) for engine, points in by_engine.items()}


def title_of(task, options):
    title = f"{task.name}: {len(task.base)} x {task.base.shape[1]}, {options.metric}"
    if options.filter_selectivity is not None:
        title += f", filter {options.filter_kind} {100 * options.filter_selectivity:g} %"
    if options.churn is not None:
        title += f", {options.churn} turnovers by {options.churn_kind}"
    return title


def print_table(task, options, curves, rounds):
    print(f"\n{title_of(task, options)}, M {options.m}, efConstruction {options.ef_construction}, {options.threads} search thread(s), "
          f"{options.build_threads} build threads, {options.clock} clock, medians of {rounds} round(s)\n")
    columns = ["engine"]
    for recall in RECALLS:
        columns += [f"QPS at {recall}", "x"]
    columns += ["build s", "x", "MiB", "best recall"]
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for name, curve in curves.items():
        reference = curves.get(REFERENCE + name[name.index(":"):] if ":" in name else REFERENCE)
        cells = [name]
        for recall in RECALLS:
            qps, bound = qps_at(curve, recall)
            other, other_bound = qps_at(reference, recall) if reference else (None, False)
            cells.append("never" if qps is None else f"{'>' if bound else ''}{qps:,.0f}")
            cells.append("" if qps is None or other is None else f"{'~' if bound or other_bound else ''}{qps / other:.2f}")
        build = curve[0].build_seconds
        cells += [f"{build:.1f}", f"{reference[0].build_seconds / build:.2f}" if reference and build else "", f"{curve[0].mebibytes:.0f}",
                  f"{max(point.recall for point in curve):.4f}"]
        print("| " + " | ".join(cells) + " |")
    print(f"\n'x': times the speed of {REFERENCE}. '>': even the fastest point measured has a better recall, so the speed at this "
          "recall is at least that; '~': a ratio of such.", flush=True)


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
    parser.add_argument("--queries", type=int, help="ask only the first queries")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall",
                        help="what a second is; cpu where the machine is not yours alone")
    parser.add_argument("--rounds", type=int, default=1, help="how often each engine is built and measured")
    parser.add_argument("--engines", type=lambda text: text.split(","),
                        help="names of the table, separated by commas; ours beside ov: " + ", ".join(name for name in OV if name != "ov"))
    parser.add_argument("--filter-selectivity", type=float, help="let each query see this share of the points only")
    parser.add_argument("--filter-kind", choices=("random", "near", "far", "outside"), default="random")
    parser.add_argument("--churn", type=int, help="change all points so many times first")
    parser.add_argument("--churn-kind", choices=("replace", "window", "cluster"), default="replace")
    parser.add_argument("--hnswlib", default="/usr/include", help="folder that has hnswlib/hnswlib.h")
    parser.add_argument("--faiss", type=os.path.abspath, help="source folder of a faiss that was built there as a static library")
    parser.add_argument("--usearch", type=os.path.abspath, help="source folder of usearch, with its submodule simsimd")
    parser.add_argument("--glass", type=os.path.abspath, help="source folder of glass (pyglass)")
    parser.add_argument("--no-build", action="store_true", help="measure what was built before")
    parser.add_argument("--svg", help="file to draw the curves to")
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
                for point in run(name, task, options, folder):
                    point.print(task, options.threads)
                    points.append(point)
            rounds.append(points)
        curves = curves_of(rounds)
        print_table(task, options, curves, len(rounds))
        if options.svg:
            with open(options.svg, "w", encoding="utf-8") as file:
                file.write(recall_plot.draw(title_of(task, options), {
                    name: [(point.recall, point.qps) for point in points] for name, points in curves.items()}))


if __name__ == "__main__":
    main()

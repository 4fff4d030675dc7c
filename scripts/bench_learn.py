#!/usr/bin/env python3
"""Measures the learning commands beside scikit-learn and hdbscan on the same files, in one run.

    scripts/bench_learn.py target/release/labelwright [--quick] [--only labels certificate model crowd speed]

Makes its own environment with the libraries under .tools/learn on first use. Labels saved: a loop of `select` and
`propagate` with default settings; the truth only answers for ids that `select` chose, and counts at the end. Whole label
set = human labels and predictions for the rest. Speed rows run both sides as processes of their own: wall time of the
whole process for ours, of the fit alone (without imports and reading) for the library, which favours the library. A
ratio is peer / ours. Medians over seeds.
"""

import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "learn"
PACKAGES = ["scikit-learn", "hdbscan"]


def environment():
    """The interpreter that has the libraries; makes it if it is not there."""
    python, stamp = TOOLS / "bin" / "python", TOOLS / ".ready"
    if not stamp.exists() or stamp.read_text() != repr(PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        stamp.write_text(repr(PACKAGES))
    return str(python)


def measured(command):
    """(wall seconds, greatest memory in MiB, what it printed)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        child = subprocess.Popen([str(word) for word in command], stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            raise RuntimeError(f"{command}: {err.read().decode()[-2000:]}")
        return wall, usage.ru_maxrss / 1024, out.read().decode()


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def labels_saved(program, quick):
    from sklearn import datasets

    plan = {
        "digits": (datasets.load_digits, 5, {45: 0.97, 70: 0.98, 110: 0.99}),
        "breast_cancer": (datasets.load_breast_cancer, 2, {22: 0.97, 36: 0.98}),
        "wine": (datasets.load_wine, 3, {15: 0.97, 18: 0.98}),
    }
    for name, (load, batch, wanted) in plan.items():
        values, truth = load(return_X_y=True)
        reached = {count: [] for count in wanted}
        for seed in range(3 if quick else 5):
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                save(folder / "f.npy", values)
                known = {}
                for count in wanted:
                    while len(known) < count:
                        write_labels(folder / "l.csv", known)
                        measured([program, "select", "--features", folder / "f.npy", "--labels", folder / "l.csv", "--count",
                                  min(batch, count - len(known)), "--seed", seed, "--output", folder / "next.csv"])
                        known.update((int(row["id"]), int(truth[int(row["id"])])) for row in rows_of(folder / "next.csv"))
                    write_labels(folder / "l.csv", known)
                    measured([program, "propagate", "--features", folder / "f.npy", "--labels", folder / "l.csv", "--output", folder / "o.csv"])
                    right = [int(row["label"]) == truth[int(row["id"])] for row in rows_of(folder / "o.csv")]
                    reached[count].append(sum(right) / len(right))
        for count, target in wanted.items():
            median = statistics.median(reached[count])
            verdict = "reached" if median >= target else "MISSED"
            print(f"{name:14} {count:4} human labels: {median:.4f} of the whole set right (wanted {target}) {verdict}; seeds {[round(r, 4) for r in reached[count]]}", flush=True)


def write_labels(path, known):
    path.write_text("id,label\n" + "".join(f"{row},{label}\n" for row, label in known.items()))


def save(path, values):
    import numpy

    numpy.save(path, numpy.ascontiguousarray(values))


def certificates(program, quick):
    import numpy
    from sklearn import datasets

    for name, load, sample in (("digits", datasets.load_digits, 300), ("breast_cancer", datasets.load_breast_cancer, 150)):
        values, truth = load(return_X_y=True)
        runs, missed, given, human, point = (40 if quick else 200), 0, 0, [], []
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            save(folder / "f.npy", values)
            for seed in range(runs):
                drawn = numpy.random.default_rng(seed).choice(len(truth), sample, replace=False)
                write_labels(folder / "l.csv", {int(row): int(truth[row]) for row in drawn})
                # A risk of one half is the point estimate.
                for risk, shares in ((0.05, human), (0.5, point)):
                    measured([program, "autolabel", "--features", folder / "f.npy", "--labels", folder / "l.csv", "--target", 0.95, "--risk", risk, "--output", folder / "o.csv"])
                    found = rows_of(folder / "o.csv")
                    taken = [row for row in found if row["decision"] == "auto"]
                    shares.append(1 - len(taken) / len(found))
                    if risk == 0.05 and taken:
                        given += 1
                        missed += sum(int(row["label"]) == truth[int(row["id"])] for row in taken) / len(taken) < 0.95
        print(f"{name}: {sample} labels, target .95, risk .05: held in {1 - missed / runs:.3f} of {runs} runs ({given} with a certificate); "
              f"human share {statistics.mean(human):.3f}, by the point estimate {statistics.mean(point):.3f}", flush=True)


def label_model(program, quick):
    import numpy

    for seed in range(3 if quick else 5):
        random = numpy.random.default_rng(seed)
        count = 20_000
        truth = (random.random(count) < 0.4).astype(int)
        votes = []
        for right, coverage in zip((0.62, 0.64, 0.66, 0.7, 0.74, 0.78, 0.82, 0.86, 0.9, 0.94, 0.63, 0.96), (0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.7, 0.4)):
            votes.append(numpy.where(random.random(count) < coverage, numpy.where(random.random(count) < right, truth, 1 - truth), -1))
        votes.append(numpy.where(random.random(count) < 0.95, votes[0], -1))
        accuracy = {}
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            lines = [",".join(map(str, (row, *own))) for row, own in enumerate(zip(*votes))]
            (folder / "m.csv").write_text("id," + ",".join(f"lf{at}" for at in range(len(votes))) + "\n" + "\n".join(lines) + "\n")
            for method in ("majority", "dawid-skene", "auto"):
                measured([program, "label-model", "--method", method, "--input", folder / "m.csv", "--output", folder / "p.csv"])
                guesses = [float(row["p1"]) > float(row["p0"]) for row in rows_of(folder / "p.csv")]
                accuracy[method] = round(float(numpy.mean(numpy.array(guesses) == truth)), 4)
        print(f"label model, seed {seed}: {accuracy}", flush=True)


def crowd(program, quick):
    """A simulated crowd over the labels of digits, 20 % of which answers at random; the truth answers for labelers, and counts
    at the end. One round of answers after another until nothing is asked for."""
    import numpy
    from sklearn import datasets

    values, truth = datasets.load_digits(return_X_y=True)
    for wanted, target, most, classifier in ((0.95, 0.95, 3.0, False), (0.99, 0.99, 5.0, False), (0.999, 0.999, 1.8, True)):
        reached, spent = [], []
        for seed in range(2 if quick else 5):
            random = numpy.random.default_rng(seed)
            skills = numpy.concatenate([numpy.full(8, 0.1), random.uniform(0.7, 0.85, 20), random.uniform(0.85, 0.97, 12)])
            asks, given = list(range(len(truth))), {}
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                save(folder / "f.npy", values)
                while asks:
                    for item in asks:
                        left = [worker for worker in range(40) if (item, worker) not in given]
                        worker = left[random.integers(len(left))]
                        right = random.random() < skills[worker]
                        given[item, worker] = truth[item] if right else (truth[item] + random.integers(1, 10)) % 10
                    (folder / "a.csv").write_text("task,worker,label\n" + "".join(f"{i},w{w},{label}\n" for (i, w), label in given.items()))
                    words = ["--features", folder / "f.npy"] if classifier else []
                    measured([program, "redundancy", "--answers", folder / "a.csv", "--target", target, "--max", 15, "--output", folder / "o.csv", *words])
                    rows = rows_of(folder / "o.csv")
                    asks = [int(row["id"]) for row in rows if row["decision"] == "ask"]
            reached.append(sum(int(row["label"]) == truth[int(row["id"])] for row in rows) / len(rows))
            spent.append(len(given) / len(truth))
        right, answers = statistics.median(reached), statistics.median(spent)
        verdict = "reached" if right >= wanted and answers <= most else "MISSED"
        print(f"crowd, target {target}{', with a classifier' if classifier else ''}: {right:.4f} right with {answers:.2f} answers an item "
              f"(wanted {wanted} with {most}) {verdict}; seeds {[round(r, 4) for r in reached]} {[round(a, 2) for a in spent]}", flush=True)


PEER = """
import sys, time, json, numpy, warnings
warnings.filterwarnings("ignore")
values = numpy.load(sys.argv[1])
started = time.monotonic()
labels = {code}
print(json.dumps(time.monotonic() - started))
numpy.save(sys.argv[2], labels)
"""


def speed(program, quick):
    import numpy
    from sklearn import datasets, metrics

    rows = [
        ("kmeans 100,000 x 64, k 20", 100_000, ["kmeans", "--k", 20], "__import__('sklearn.cluster').cluster.KMeans(20, n_init=10, random_state=0).fit_predict(values)", 1.5),
        ("dbscan 100,000 x 64", 100_000, ["dbscan", "--eps", 18, "--min-samples", 10], "__import__('sklearn.cluster').cluster.DBSCAN(eps=18, min_samples=10).fit_predict(values)", 3),
        ("hdbscan 10,000 x 64", 10_000, ["hdbscan", "--min-cluster-size", 10], "__import__('hdbscan').HDBSCAN(min_cluster_size=10).fit_predict(values)", 3),
        ("ward 10,000 x 64", 10_000, ["agglomerative", "--k", 50], "__import__('sklearn.cluster').cluster.AgglomerativeClustering(50).fit_predict(values)", 3),
    ]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, count, words, code, wanted in rows:
            values, _ = datasets.make_blobs(count, 64, centers=50, cluster_std=2.0, random_state=1)
            save(folder / "f.npy", values)
            ours, memory = [], 0
            for seed in range(1 if quick else 3):
                wall, peak, _ = measured([program, "cluster", "--method", *words, "--seed", seed, "--input", folder / "f.npy", "--output", folder / "o.csv"])
                ours.append(wall)
                memory = max(memory, peak)
            _, peer_memory, printed = measured([sys.executable, "-c", PEER.replace("{code}", code), folder / "f.npy", folder / "peer.npy"])
            peer = json.loads(printed)
            same = metrics.adjusted_rand_score(numpy.load(folder / "peer.npy"), [int(row["cluster"]) for row in rows_of(folder / "o.csv")])
            ratio = peer / statistics.median(ours)
            print(f"{name:28} ours {statistics.median(ours):7.2f} s {memory:6.0f} MiB, peer {peer:7.2f} s {peer_memory:6.0f} MiB, ratio {ratio:5.2f} "
                  f"(wanted {wanted}), Rand index {same:.4f}", flush=True)
        neighbors = pathlib.Path(program).parent / "examples" / "neighbors"
        if neighbors.exists():
            # The same kind of data on both sides: 50 groups, deviation 2, in 64 columns.
            _, memory, printed = measured([neighbors, 100_000, 64, 10, 50])
            own = float(printed.split()[0])
            values, _ = datasets.make_blobs(100_000, 64, centers=50, cluster_std=2.0, random_state=1)
            save(folder / "f.npy", values)
            code = "__import__('sklearn.neighbors').neighbors.NearestNeighbors(n_neighbors=11).fit(values).kneighbors(values)[1]"
            _, peer_memory, printed = measured([sys.executable, "-c", PEER.replace("{code}", code), folder / "f.npy", folder / "peer.npy"])
            peer = json.loads(printed)
            print(f"{'10 neighbours of 100,000 x 64':28} ours {own:7.2f} s {memory:6.0f} MiB, peer {peer:7.2f} s {peer_memory:6.0f} MiB, ratio {peer / own:5.2f} (wanted 5)", flush=True)
        values = numpy.random.default_rng(0).normal(size=(1_000_000, 64)).astype("float32")
        save(folder / "big.npy", values)
        write_labels(folder / "l.csv", {row: row % 5 for row in range(100)})
        wall, peak, _ = measured([program, "select", "--features", folder / "big.npy", "--labels", folder / "l.csv", "--count", 100, "--output", folder / "s.csv"])
        print(f"select 1,000,000 x 64         {wall:.2f} s {peak:.0f} MiB (wanted 5 s)", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=["labels", "certificate", "model", "crowd", "speed"])
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.inside:
        os.execv(environment(), [environment(), __file__, *sys.argv[1:], "--inside"])
    os.environ["LABELWRIGHT_LOG"] = "warn"
    program = str(pathlib.Path(options.program).resolve())
    for name, work in (("labels", labels_saved), ("certificate", certificates), ("model", label_model), ("crowd", crowd), ("speed", speed)):
        if name in options.only:
            work(program, options.quick)


if __name__ == "__main__":
    main()

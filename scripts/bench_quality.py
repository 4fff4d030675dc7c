#!/usr/bin/env python3
"""Measures the quality commands beside the Python libraries that people use, on the same files, in one run.

    scripts/bench_quality.py target/release/labelwright [--quick] [--only NAME ...]

Makes its own environment with the libraries under .tools/quality on first use. Every row runs both sides as processes of
their own, reading the same file; CPU is user and system time of the whole process, memory its greatest resident size
(both from the operating system). Every row checks that both sides say the same; a row that does not ends the run with an
error. A ratio is peer / ours.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "quality"
PACKAGES = ["crowd-kit==1.4.2", "cleanlab==2.9.0", "krippendorff", "pycocotools", "pandas", "pyarrow", "scipy"]


def environment():
    """The interpreter that has the libraries; makes it if it is not there."""
    python = TOOLS / "bin" / "python"
    stamp = TOOLS / ".ready"
    if not stamp.exists() or stamp.read_text() != repr(PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        stamp.write_text(repr(PACKAGES))
    return str(python)


def measured(command, **more):
    """Runs a process; (CPU seconds, wall seconds, greatest memory in MiB, what it printed)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        child = subprocess.Popen([str(word) for word in command], stdout=out, stderr=err, **more)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        printed = out.read().decode()
        if child.returncode != 0:
            raise RuntimeError(f"{command}: {err.read().decode()[-2000:]}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, printed


# What runs in the peer's process. Each reads its file, computes, and writes what the check needs.

PEER_MAJORITY = """
import sys, pandas as pd
from crowdkit.aggregation import MajorityVote
data = pd.read_csv(sys.argv[1])
MajorityVote().fit_predict(data).rename("label").rename_axis("task").to_csv(sys.argv[2])
"""

PEER_DAWID_SKENE = """
import sys, time, json, pandas as pd
from crowdkit.aggregation import DawidSkene
data = pd.read_csv(sys.argv[1])
times = {}
for steps in (2, 5):
    started = time.process_time()
    found = DawidSkene(n_iter=steps, tol=-1e300).fit(data)
    times[steps] = time.process_time() - started
found.labels_.rename("label").rename_axis("task").to_csv(sys.argv[2])
found.probas_.to_parquet(sys.argv[2] + ".parquet")
print(json.dumps((times[5] - times[2]) / 3))
"""

PEER_ISSUES = """
import sys, pandas as pd
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
data = pd.read_csv(sys.argv[1])
labels = data["label"].to_numpy()
probabilities = data.filter(regex="^p[0-9]+$").to_numpy()
pd.DataFrame({
    "id": data["id"],
    "is_issue": find_label_issues(labels, probabilities),
    "score": get_label_quality_scores(labels, probabilities),
    "suggested": probabilities.argmax(axis=1),
}).to_csv(sys.argv[2], index=False)
"""

PEER_KRIPPENDORFF = """
import sys, json, numpy as np, pandas as pd, krippendorff
data = pd.read_csv(sys.argv[1])
counts = np.zeros((data.task.nunique(), data.label.nunique()), dtype=int)
np.add.at(counts, (pd.factorize(data.task)[0], pd.factorize(data.label)[0]), 1)
print(json.dumps(float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))))
"""

PEER_COCO = """
import sys, json, contextlib, io
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[1])
    run = COCOeval(truth, truth.loadRes(sys.argv[2]), "bbox")
    run.evaluate(); run.accumulate(); run.summarize()
print(json.dumps([float(x) for x in run.stats]))
"""

GENERATE_VOTES = """
import sys, numpy as np, pyarrow as pa, pyarrow.csv
rows, classes, workers, path = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
random = np.random.default_rng(7)
tasks = rows // 5
truth = random.integers(classes, size=tasks)
skill = random.uniform(0.35, 0.95, size=workers)
task = np.repeat(np.arange(tasks), 5)
# Five different workers a task: a start and steps that do not meet again.
start = random.integers(workers, size=tasks)
step = random.integers(1, workers // 5, size=tasks)
worker = (np.repeat(start, 5) + np.tile(np.arange(5), tasks) * np.repeat(step, 5)) % workers
right = random.random(len(task)) < skill[worker]
label = np.where(right, truth[task], (truth[task] + random.integers(1, classes, size=len(task))) % classes)
order = random.permutation(len(task))
table = pa.table({
    "task": pa.array(np.char.add("task", task[order].astype("U8"))),
    "worker": pa.array(np.char.add("w", worker[order].astype("U6"))),
    "label": pa.array(label[order]),
})
pyarrow.csv.write_csv(table, path)
"""

GENERATE_PROBABILITIES = """
import sys, numpy as np, pyarrow as pa, pyarrow.csv
rows, classes, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
random = np.random.default_rng(11)
truth = random.integers(classes, size=rows)
logits = random.normal(size=(rows, classes)) + 4.0 * (np.arange(classes) == truth[:, None])
p = np.exp(logits); p /= p.sum(axis=1, keepdims=True)
wrong = random.random(rows) < 0.08
label = np.where(wrong, (truth + random.integers(1, classes, size=rows)) % classes, truth)
pyarrow.csv.write_csv(pa.table({"id": np.arange(rows), "label": label, **{f"p{k}": p[:, k] for k in range(classes)}}), path)
"""

GENERATE_COCO = """
import sys, json, numpy as np
images, boxes, truth_path, found_path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
random = np.random.default_rng(5)
truth, found = [], []
for number in range(boxes):
    image, category = int(random.integers(images)) + 1, int(random.integers(80)) + 1
    w, h = (random.uniform(5, 300, size=2)).round(2)
    x, y = (random.uniform(0, 340, size=2)).round(2)
    truth.append({"id": number + 1, "image_id": image, "category_id": category, "bbox": [x, y, w, h], "area": w * h,
                  "iscrowd": int(random.random() < 0.02)})
    for _ in range(int(random.integers(1, 4))):
        dx, dy, dw, dh = random.normal(0, 0.1, size=4) * [w, h, w, h]
        found.append({"image_id": image, "category_id": category if random.random() < 0.9 else int(random.integers(80)) + 1,
                      "bbox": [round(x + dx, 2), round(y + dy, 2), round(max(w + dw, 1), 2), round(max(h + dh, 1), 2)],
                      "score": round(float(random.random()), 4)})
json.dump({"info": {}, "images": [{"id": i + 1, "width": 640, "height": 640, "file_name": f"{i + 1}.jpg"} for i in range(images)],
           "categories": [{"id": c + 1, "name": f"c{c + 1}"} for c in range(80)], "annotations": truth}, open(truth_path, "w"))
json.dump(found, open(found_path, "w"))
"""

# Checks run in the environment too, since they need pandas.

CHECK_MAJORITY = """
import sys, pandas as pd
data, peer, ours = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2]), pd.read_csv(sys.argv[3])
peer, ours = peer.set_index("task").label, ours.set_index("task").label
assert len(peer) == len(ours), (len(peer), len(ours))
counts = data.groupby(["task", "label"]).size()
most = counts.groupby("task").max()
for found in (peer, ours):
    # A label with the most votes; where there are several, each side has its own rule.
    assert (counts.loc[list(zip(found.index, found))].to_numpy() == most.loc[found.index].to_numpy()).all()
tied = (counts == most.reindex(counts.index, level="task")).groupby("task").sum() > 1
sole = tied.index[~tied]
assert len(sole) > 0 and (peer.loc[sole] == ours.loc[sole]).all()
"""

CHECK_DAWID_SKENE = """
import sys, numpy as np, pandas as pd
peer = pd.read_parquet(sys.argv[1] + ".parquet"); peer.columns = peer.columns.astype(int)
ours = pd.read_csv(sys.argv[2]).pivot(index="task", columns="label", values="probability")
gap = (peer.sort_index().sort_index(axis=1).to_numpy() - ours.sort_index().sort_index(axis=1).to_numpy())
assert np.abs(gap).max() < 1e-6, np.abs(gap).max()
"""

CHECK_ISSUES = """
import sys, numpy as np, pandas as pd
peer, ours = (pd.read_csv(path).set_index("id").sort_index() for path in sys.argv[1:3])
assert np.abs(peer.score - ours.score).max() < 1e-9
assert (peer.is_issue == ours.is_issue).all(), (peer.is_issue != ours.is_issue).sum()
assert (peer.suggested == ours.suggested).all()
"""


class Bench:
    def __init__(self, binary, python, folder, quick):
        self.binary, self.python, self.folder, self.quick = binary, python, folder, quick
        self.rows = []

    def size(self, full):
        return full // 20 if self.quick else full

    def peer(self, code, *words):
        return measured([self.python, "-c", code, *words])

    def row(self, name, peer, ours, wanted_cpu, wanted_memory=None):
        """Both are (CPU, wall, memory)."""
        cpu = peer[0] / max(ours[0], 1e-9)
        memory = peer[2] / max(ours[2], 1e-9)
        good = cpu >= wanted_cpu and (wanted_memory is None or memory >= wanted_memory)
        self.rows.append((name, peer, ours, cpu, wanted_cpu, memory, wanted_memory, good))
        wanted = "" if wanted_memory is None else f" (wanted {wanted_memory:.0f}x)"
        print(
            f"{'ok  ' if good else 'MISS'} {name}: CPU {peer[0]:.2f} s against {ours[0]:.2f} s = {cpu:.1f}x (wanted {wanted_cpu:.0f}x); "
            f"memory {peer[2]:.0f} MiB against {ours[2]:.0f} MiB = {memory:.1f}x{wanted}; wall {peer[1]:.1f} s against {ours[1]:.1f} s",
            flush=True,
        )

    def votes(self, rows, classes):
        path = self.folder / f"votes-{rows}-{classes}.csv"
        if not path.exists():
            measured([self.python, "-c", GENERATE_VOTES, rows, classes, max(100, rows // 1000), path])
        return path

    def majority(self):
        path = self.votes(self.size(10_000_000), 4)
        theirs, own = self.folder / "majority-peer.csv", self.folder / "majority.csv"
        peer = self.peer(PEER_MAJORITY, path, theirs)
        ours = measured([self.binary, "aggregate", "--method", "majority-vote", "--input", path, "--output", own])
        self.peer(CHECK_MAJORITY, path, theirs, own)
        self.row(f"majority vote, {self.size(10_000_000):,} judgments, same labels (ties apart)", peer, ours, 20, 10)

    def dawid_skene(self):
        path = self.votes(self.size(1_000_000), 10)
        theirs, own, table = self.folder / "ds-peer.csv", self.folder / "ds.csv", self.folder / "ds-p.csv"
        peer = self.peer(PEER_DAWID_SKENE, path, theirs)
        step = json.loads(peer[3])
        command = [self.binary, "aggregate", "--method", "dawid-skene", "--plain-steps", "--input", path, "--output", own]
        # After n steps of theirs the probabilities are of the parameters after n - 1.
        measured([*command, "--iterations", 4, "--probabilities", table])
        self.peer(CHECK_DAWID_SKENE, theirs, table)
        few, many = (measured([*command, "--tolerance", 0, "--iterations", steps]) for steps in (5, 105))
        ours = ((many[0] - few[0]) / 100, (many[1] - few[1]) / 100, many[2])
        self.row(f"dawid-skene, one step, {self.size(1_000_000):,} x 10, same probabilities", (step, step, peer[2]), ours, 30)

    def fixed_point(self):
        path = self.votes(self.size(10_000_000), 10)
        own = self.folder / "ds-full.csv"
        command = [self.binary, "aggregate", "--method", "dawid-skene", "--input", path, "--output", own, "--json"]
        cpu, wall, memory, printed = measured(command)
        summary = json.loads(printed)
        good = summary["converged"] and wall <= 60 and memory <= 2048
        self.rows.append(("fixed point", None, None, None, None, None, None, good))
        print(
            f"{'ok  ' if good else 'MISS'} dawid-skene to its fixed point, {self.size(10_000_000):,} x 10: converged {summary['converged']} "
            f"after {summary['iterations']} steps; wall {wall:.1f} s (limit 60), CPU {cpu:.1f} s, memory {memory:.0f} MiB (limit 2048)",
            flush=True,
        )

    def issues(self):
        rows = self.size(1_000_000)
        path = self.folder / "probabilities.csv"
        measured([self.python, "-c", GENERATE_PROBABILITIES, rows, 10, path])
        theirs, own = self.folder / "issues-peer.csv", self.folder / "issues.csv"
        peer = self.peer(PEER_ISSUES, path, theirs)
        ours = measured([self.binary, "issues", "--input", path, "--output", own])
        self.peer(CHECK_ISSUES, theirs, own)
        self.row(f"label issues, {rows:,} x 10, same issues and scores", peer, ours, 5, 5)

    def krippendorff(self):
        path = self.votes(self.size(1_000_000), 10)
        peer = self.peer(PEER_KRIPPENDORFF, path)
        words = ["agreement", "--metric", "krippendorff-alpha", "--level", "nominal", "--value", "label", "--input", path]
        ours = measured([self.binary, *words])
        found = json.loads(ours[3])["value"]
        assert abs(found - json.loads(peer[3])) < 1e-9, (found, peer[3])
        self.row(f"krippendorff nominal, {self.size(1_000_000):,} judgments, same value", peer, ours, 10)

    def coco(self):
        truth, results = self.folder / "truth.json", self.folder / "results.json"
        measured([self.python, "-c", GENERATE_COCO, self.size(5_000), self.size(36_000), truth, results])
        peer = self.peer(PEER_COCO, truth, results)
        ours = measured([self.binary, "evaluate", "--truth", truth, "--predictions", results, "--iou", "bbox"])
        numbers = coco_numbers(json.loads(ours[3]))
        gap = max(abs(a - b) for a, b in zip(numbers, json.loads(peer[3]), strict=True))
        assert gap < 1e-9, gap
        self.row(f"COCO boxes, {self.size(5_000):,} images x {self.size(36_000):,} boxes, same twelve numbers", peer, ours, 5)


def coco_numbers(report):
    """The twelve numbers in their usual order, however the report nests them."""
    names = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
    numbers = report.get("stats") or report.get("numbers") or report.get("summary") or report
    return numbers if isinstance(numbers, list) else [numbers[name] for name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the sizes")
    names = ["majority", "dawid_skene", "fixed_point", "issues", "krippendorff", "coco"]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    options = parser.parse_args()
    python = environment()
    offered = subprocess.run([options.binary, "--help"], capture_output=True, text=True, check=True).stdout
    needs = {"krippendorff": "agreement", "coco": "evaluate"}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.binary, python, pathlib.Path(folder), options.quick)
        for name in options.only:
            if needs.get(name, "aggregate") not in offered:
                print(f"skip {name}: this binary has no command {needs[name]}")
                continue
            getattr(bench, name)()
    missed = sum(not row[-1] for row in bench.rows)
    print(f"{len(bench.rows)} rows, {missed} below what is wanted; all results equal")
    sys.exit(1 if missed and not options.quick else 0)


if __name__ == "__main__":
    main()

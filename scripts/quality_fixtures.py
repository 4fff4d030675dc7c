#!/usr/bin/env python3
"""Writes crates/quality/tests/fixtures/reference.json: what the reference libraries say about small seeded data.

Needs crowd-kit 1.4.2, cleanlab 2.9.0, scipy and numpy. Where a library is wrong or stops early, the file holds the
optimum that scipy or a plain loop to its fixed point finds, and says so under "independent".
"""

import json
import pathlib
import warnings

import numpy as np
import pandas as pd
import scipy
from scipy import optimize, stats
from scipy.spatial.distance import jensenshannon
from scipy.special import expit, log_expit

warnings.filterwarnings("ignore")
random = np.random.default_rng(2024)
out = {"versions": {"scipy": scipy.__version__, "numpy": np.__version__}}


def listed(value):
    return np.asarray(value).tolist()


def issues():
    from cleanlab.count import estimate_joint
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    items, classes = 300, 4
    truth = random.integers(classes, size=items)
    logits = random.normal(size=(items, classes)) * 1.2 + 2.2 * (np.arange(classes) == truth[:, None])
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.where(random.random(items) < 0.15, random.integers(classes, size=items), truth)
    filters = ["prune_by_noise_rate", "prune_by_class", "both", "confident_learning", "low_self_confidence", "low_normalized_margin"]
    scores = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]
    return {
        "labels": listed(labels),
        "probabilities": listed(p.ravel()),
        "filters": {f: listed(find_label_issues(labels, p, filter_by=f, n_jobs=1)) for f in filters},
        "scores": {s: listed(get_label_quality_scores(labels, p, method=s)) for s in scores},
        "joint": listed(estimate_joint(labels, p).ravel()),
    }


def multi_label():
    from cleanlab.multilabel_classification.filter import find_label_issues
    from cleanlab.multilabel_classification.rank import get_label_quality_scores

    truth = random.random((200, 3)) < [0.5, 0.3, 0.6]
    p = expit(random.normal(size=truth.shape) + np.where(truth, 1.8, -1.8))
    holds = truth ^ (random.random(truth.shape) < 0.06)
    labels = [list(np.flatnonzero(row)) for row in holds]
    labels = [[int(x) for x in row] for row in labels]
    return {
        "holds": listed(holds.ravel()),
        "probabilities": listed(p.ravel()),
        "scores": listed(get_label_quality_scores(labels, p)),
        "is_issue": listed(find_label_issues(labels, p)),
    }


def crowdlab():
    from cleanlab.multiannotator import get_label_quality_multiannotator

    tasks, workers, classes = 120, 7, 3
    truth = random.integers(classes, size=tasks)
    skill = random.uniform(0.5, 0.95, size=workers)
    matrix = np.where(random.random((tasks, workers)) < skill, truth[:, None], random.integers(classes, size=(tasks, workers))).astype(float)
    matrix[random.random(matrix.shape) < 0.55] = np.nan
    for task in np.flatnonzero(np.isnan(matrix).all(axis=1)):
        matrix[task, 0] = truth[task]
    logits = random.normal(size=(tasks, classes)) + 1.5 * (np.arange(classes) == truth[:, None])
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = get_label_quality_multiannotator(pd.DataFrame(matrix), p, verbose=False, return_weights=True)
    quality, annotators = found["label_quality"], found["annotator_stats"].sort_index()
    rows = [[int(t), int(w), int(matrix[t, w])] for t, w in zip(*np.nonzero(~np.isnan(matrix)))]
    return {
        "tasks": tasks, "workers": workers, "classes": classes, "rows": rows, "probabilities": listed(p.ravel()),
        "labels": listed(quality.consensus_label), "quality": listed(quality.consensus_quality_score),
        "agreement": listed(quality.annotator_agreement), "annotator_quality": listed(annotators.annotator_quality),
        "annotator_weight": listed(found["annotator_weight"]), "model_weight": float(found["model_weight"]),
    }


def outliers():
    from cleanlab.outlier import OutOfDistribution

    found = []
    for columns in (6, 2):
        features = random.normal(size=(60, columns)) + 2
        features[7] = -5 * features[7]
        found.append({"columns": columns, "values": listed(features.ravel()), "neighbors": 5,
                      "scores": listed(OutOfDistribution({"k": 5}).fit_score(features=features, verbose=False))})
    return found


def crowd():
    from crowdkit.aggregation import DawidSkene, MajorityVote

    tasks, workers, classes = 80, 12, 3
    truth = random.integers(classes, size=tasks)
    skill = random.uniform(0.3, 0.9, size=workers)
    rows = []
    for task in range(tasks):
        for worker in random.choice(workers, size=5, replace=False):
            label = truth[task] if random.random() < skill[worker] else random.integers(classes)
            rows.append([task, int(worker), int(label)])
    data = pd.DataFrame(rows, columns=["task", "worker", "label"])
    majority = MajorityVote().fit(data)
    twelve = DawidSkene(n_iter=12, tol=-1e300).fit_predict_proba(data)
    t, w, l = data.task.to_numpy(), data.worker.to_numpy(), data.label.to_numpy()

    def e_step(log_prior, log_of_vote):
        q = np.tile(log_prior, (tasks, 1))
        np.add.at(q, t, log_of_vote)
        top = q.max(axis=1, keepdims=True)
        q = np.exp(q - top)
        likelihood = (np.log(q.sum(axis=1)) + top[:, 0]).sum()
        return q / q.sum(axis=1, keepdims=True), likelihood

    start = np.zeros((tasks, classes))
    np.add.at(start, (t, l), 1)
    start /= start.sum(axis=1, keepdims=True)

    q = start.copy()
    for _ in range(200_000):
        pi = np.zeros((workers, classes, classes))
        np.add.at(pi, (w, l), q[t])
        total = pi.sum(axis=1, keepdims=True)
        pi = np.where(total > 0, pi / np.where(total > 0, total, 1), 1 / classes)
        new, likelihood = e_step(np.log(np.maximum(q.mean(axis=0), 1e-10)), np.log(np.maximum(pi[w, l], 1e-10)))
        change, q = np.abs(new - q).max(), new
        if change < 1e-13:
            break
    dawid_skene = {"probabilities": listed(q.ravel()), "log_likelihood": float(likelihood)}

    q = start.copy()
    counts = np.bincount(w, minlength=workers)
    for _ in range(200_000):
        s = np.clip(np.bincount(w, weights=q[t, l], minlength=workers) / counts, 1e-10, 1 - 1e-10)
        log_of_vote = np.where(np.arange(classes) == l[:, None], np.log(s[w])[:, None], np.log((1 - s[w]) / (classes - 1))[:, None])
        new, likelihood = e_step(np.log(np.maximum(q.mean(axis=0), 1e-10)), log_of_vote)
        change, q = np.abs(new - q).max(), new
        if change < 1e-13:
            break
    one_coin = {"skills": listed(s), "log_likelihood": float(likelihood), "probabilities": listed(q.ravel())}

    def glad(x):
        ability, easiness = x[:workers], x[workers:]
        y = ability[w] * np.exp(easiness[t])
        right, wrong = log_expit(y), log_expit(-y) - np.log(classes - 1)
        of_vote = np.where(np.arange(classes) == l[:, None], right[:, None], wrong[:, None])
        q, likelihood = e_step(np.full(classes, -np.log(classes)), of_vote)
        return -(likelihood - 0.5 * ((x - 1) ** 2).sum())

    found = optimize.minimize(glad, np.ones(workers + tasks), method="L-BFGS-B", options={"maxiter": 20_000, "maxfun": 10_000_000, "ftol": 1e-15, "gtol": 1e-7})
    return {
        "tasks": tasks, "workers": workers, "classes": classes, "rows": rows,
        "majority": listed(majority.probas_.fillna(0).sort_index().sort_index(axis=1).to_numpy().ravel()),
        "crowd_kit_dawid_skene_after_12": listed(twelve.sort_index().sort_index(axis=1).to_numpy().ravel()),
        "independent": {"dawid_skene": dawid_skene, "one_coin": one_coin, "glad_log_posterior": -float(found.fun)},
    }


def pairwise():
    items, workers = 7, 5
    strength = np.linspace(-1.5, 1.5, items)
    comparisons = []
    for _ in range(260):
        left, right = random.choice(items, size=2, replace=False)
        worker = int(random.integers(workers))
        honest = random.random() < (worker + 2) / (workers + 1)
        wins = random.random() < expit(strength[left] - strength[right]) if honest else random.random() < 0.7
        comparisons.append([worker, int(left), int(right), int(wins)])
    w, a, b, left = np.array(comparisons).T
    sign = np.where(left == 1, 1, -1)

    def bradley_terry(s):
        return -log_expit(sign * (s[a] - s[b])).sum() + 0.5 * s.mean() ** 2

    bt = optimize.minimize(bradley_terry, np.zeros(items), method="BFGS", options={"gtol": 1e-10, "maxiter": 10_000})

    def worker_model(x, noisy):
        s, skill = x[:items], expit(x[items:items + workers])
        better = expit(s[a] - s[b])
        bias = expit(x[items + workers:])[w] if noisy else 1 - better
        p = skill[w] * better + (1 - skill[w]) * bias
        p = np.where(left == 1, p, 1 - p)
        prior = 0.05 * (s ** 2).sum() + 0.5 * ((x[items:items + workers] - 1) ** 2).sum() + (0.5 * (x[items + workers:] ** 2).sum() if noisy else 0)
        return -(np.log(p).sum() - prior)

    best = {}
    for name, noisy in [("crowd_bt", False), ("noisy", True)]:
        start = np.concatenate([np.zeros(items), np.ones(workers), np.zeros(workers if noisy else 0)])
        found = optimize.minimize(worker_model, start, args=(noisy,), method="BFGS", options={"gtol": 1e-8, "maxiter": 10_000})
        best[name] = {"log_posterior": -float(found.fun), "log_strengths": listed(found.x[:items] - found.x[:items].mean())}
    return {"items": items, "workers": workers, "comparisons": comparisons,
            "independent": {"bradley_terry": listed(bt.x - bt.x.mean()), **best}}


def drift():
    a, b = np.round(random.normal(size=90), 6), np.round(random.normal(0.4, 1.2, size=70), 6)
    r, c = np.array([40, 25, 30, 5]), np.array([20, 30, 35, 15])
    ks = stats.ks_2samp(a, b, method="exact")
    contingency = stats.chi2_contingency(np.array([r, c]), correction=False)
    fit = stats.chisquare(c, r / r.sum() * c.sum())
    return {
        "numbers": [listed(a), listed(b)], "counts": [listed(r), listed(c)],
        "ks": [float(ks.statistic), float(ks.pvalue)], "wasserstein": float(stats.wasserstein_distance(a, b)),
        "contingency": [float(contingency.statistic), float(contingency.pvalue)],
        "goodness_of_fit": [float(fit.statistic), float(fit.pvalue)],
        "jensen_shannon_distance": [float(jensenshannon(r, c, base=2)), float(jensenshannon(r, c))],
    }


def intervals():
    found = []
    for right, all_ in [(0, 7), (3, 7), (7, 7), (45, 60), (999, 1000)]:
        test = stats.binomtest(right, all_)
        wilson, exact = (test.proportion_ci(0.95, method=m) for m in ("wilson", "exact"))
        found.append([right, all_, wilson.low, wilson.high, exact.low, exact.high])
    return listed(found)


for part in (issues, multi_label, crowdlab, outliers, crowd, pairwise, drift, intervals):
    out[part.__name__] = part()
target = pathlib.Path(__file__).resolve().parent.parent / "crates/quality/tests/fixtures/reference.json"
target.write_text(json.dumps(out) + "\n")
print(target, target.stat().st_size, "bytes")

#!/usr/bin/env python3
"""Writes crates/learn/tests/fixtures/reference.json: what scikit-learn and scipy say about small seeded data.

Needs scikit-learn and scipy. Values are rounded to eight digits before anything is computed, so that both sides see
the same numbers.
"""

import json
import pathlib

import numpy as np
import sklearn
from scipy.cluster.hierarchy import linkage
from scipy.stats import beta
from sklearn import cluster, datasets, decomposition, linear_model, metrics, neighbors

values, _ = datasets.make_blobs(160, 4, centers=5, cluster_std=1.6, random_state=7)
moons, _ = datasets.make_moons(200, noise=0.07, random_state=3)
values, moons = np.round(values, 8), np.round(moons, 8)


def listed(found):
    return np.asarray(found).tolist()


def of(x, eps, samples, size):
    merges = {name: listed(linkage(x, name)[:, 2]) for name in ("ward", "average", "complete", "single")}
    near = neighbors.NearestNeighbors(n_neighbors=5).fit(x).kneighbors()
    return {
        "columns": x.shape[1],
        "values": listed(x.ravel()),
        "eps": eps,
        "min_samples": samples,
        "min_cluster_size": size,
        "dbscan": listed(cluster.DBSCAN(eps=eps, min_samples=samples).fit_predict(x)),
        "hdbscan": listed(cluster.HDBSCAN(min_cluster_size=size).fit_predict(x)),
        "heights": merges,
        "ward_4": listed(cluster.AgglomerativeClustering(4).fit_predict(x)),
        "kmeans_inertia": cluster.KMeans(4, n_init=50, random_state=0).fit(x).inertia_,
        "neighbors": listed(near[1].ravel()),
        "distances": listed(near[0].ravel()),
        "variances": listed(decomposition.PCA().fit(x).explained_variance_),
        "silhouette": metrics.silhouette_score(x, cluster.AgglomerativeClustering(4).fit_predict(x)),
    }


def logistic(x):
    labels = (np.arange(len(x)) % 3 + (x[:, 0] > np.median(x[:, 0]))) % 3
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    model = linear_model.LogisticRegression(C=0.7, tol=1e-10, max_iter=5000).fit(scaled, labels)
    return {"labels": listed(labels), "strength": 0.7, "probabilities": listed(model.predict_proba(scaled).ravel())}


out = {
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "blobs": of(values, 2.2, 5, 8),
    "moons": of(moons, 0.2, 4, 10),
    "logistic": logistic(values),
    "clopper_pearson": [
        {"right": k, "count": n, "risk": r, "lower": float(beta.ppf(r, k, n - k + 1))}
        for k, n, r in [(95, 100, 0.05), (59, 59, 0.05), (7, 20, 0.01), (1, 3, 0.1)]
    ],
}
path = pathlib.Path(__file__).resolve().parent.parent / "crates/learn/tests/fixtures/reference.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(out) + "\n")

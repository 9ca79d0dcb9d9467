#!/usr/bin/env python3
"""Writes digits_preactivations.npy, the input of the demo and of some tests.

Trains a small network (64 - 256 - 10, ReLU) on the 8x8 handwritten digits that
come with scikit-learn and saves what its first layer hands to the activation,
X @ W1 + b1, for all 1797 images. Needs numpy and scikit-learn.
"""

import pathlib

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

SEED = 0


def main():
    images, labels = load_digits(return_X_y=True)
    images = images / 16.0
    train_x, test_x, train_y, test_y = train_test_split(
        images, labels, test_size=0.25, random_state=SEED, stratify=labels
    )
    network = MLPClassifier(
        hidden_layer_sizes=(256,),
        activation="relu",
        max_iter=200,
        random_state=SEED,
    )
    network.fit(train_x, train_y)
    values = images @ network.coefs_[0] + network.intercepts_[0]
    values = np.ascontiguousarray(values, dtype=np.float32)
    path = pathlib.Path(__file__).with_name("digits_preactivations.npy")
    np.save(path, values)

    print(f"test accuracy  {network.score(test_x, test_y):.4f}")
    print(f"epochs         {network.n_iter_}")
    print(f"shape, dtype   {values.shape} {values.dtype}")
    print(f"min, max       {values.min():.4f} {values.max():.4f}")
    print(f"mean, std      {values.mean():.4f} {values.std():.4f}")
    print(f"negative       {(values < 0).mean():.4f}")
    quantiles = np.quantile(values, [0.01, 0.25, 0.5, 0.75, 0.99])
    print("quantiles      " + " ".join(f"{q:.4f}" for q in quantiles))


if __name__ == "__main__":
    main()

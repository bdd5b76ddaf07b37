"""How error falls with the number of labels: a power law, fitted to many noisy curves at once. Pure.

    error(n) = floor + (guess - floor) * (1 + n / onset) ** -exponent

Without labels the error is that of guessing, which is known; then it falls, at last as a power of n, to a
floor. These are the regions of Hestness et al. 2017, "Deep Learning Scaling is Predictable,
Empirically"; the form is the shifted power law that Viering and Loog 2022, "The Shape of Learning Curves:
a Review", found among the best for extrapolation. That curves are fitted by weighted nonlinear least
squares to be extrapolated: Figueroa et al. 2012, "Predicting sample size required for classification
performance". Their power law without an onset was tried first: of 25 small tasks, whose gain was
measured with fresh labels, its interval held none, as such tasks have not left the onset.

For a given onset and exponent the floor is linear, so these two are searched on a grid and the floor
solved for (Golub and Pereyra 1973): no start value, no local minimum, thousands of curves at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

EXPONENTS = np.geomspace(0.1, 2.0, 24)
ONSETS = np.geomspace(0.01, 20.0, 24)
"""As multiples of the largest size."""


@dataclass(frozen=True)
class PowerLaws:
    """One law per curve, each array `(curves,)`; `guess` is the error (0-1) without any label."""

    guess: float
    onset: Numbers
    exponent: Numbers
    floor: Numbers

    def errors(self, labels: float) -> Numbers:
        """The error (0-1) of each law at so many labels, `(curves,)`."""
        fallen = (1.0 + labels / self.onset) ** -self.exponent
        return np.asarray(self.floor + (self.guess - self.floor) * fallen)

    def gain(self, labels: float, more: float) -> Numbers:
        """By how much accuracy rises with `more` labels than `labels`, 0-1, `(curves,)`."""
        return self.errors(labels) - self.errors(labels + more)


def fit(sizes: Numbers, errors: Numbers, weights: Numbers, guess: float) -> PowerLaws:
    """The laws nearest to `errors` `(curves, sizes)` in weighted squares; `weights` are `(sizes,)`.

    A law never rises: where the errors are above `guess` it stays there. Raises ValueError for fewer
    than three sizes.
    """
    if len(sizes) < 3:
        raise ValueError(f"a curve of {len(sizes)} sizes has no power law")
    weights = weights / weights.sum()
    curves = len(errors)
    best = np.full(curves, np.inf)
    onset, exponent, floor = np.ones(curves), np.ones(curves), np.full(curves, guess)
    for start in ONSETS * float(sizes.max()):
        for power in EXPONENTS:
            fallen = (1.0 + sizes / start) ** -power
            found = _floors(errors, fallen, weights, guess)
            squares = (errors - guess * fallen - found[:, None] * (1.0 - fallen)) ** 2 @ weights
            better = squares < best - 1e-15
            best[better] = squares[better]
            onset[better], exponent[better], floor[better] = start, power, found[better]
    return PowerLaws(guess, onset, exponent, floor)


def _floors(errors: Numbers, fallen: Numbers, weights: Numbers, guess: float) -> Numbers:
    """The floor of each curve by weighted least squares, between 0 and `guess`."""
    risen = 1.0 - fallen
    best = (errors - guess * fallen) @ (weights * risen) / (risen**2 @ weights)
    return np.asarray(np.clip(best, 0.0, guess))

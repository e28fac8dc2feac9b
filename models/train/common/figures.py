"""What a figure in metrics.json carries beside its value: `n`, how many cases it was measured on, and `se`, its standard error in the
unit of the value. The page calls a difference real from two standard errors on, and shows no comparison without one."""

from __future__ import annotations

import math

BINOMIAL = "se by the binomial formula"


def of_share(percent: float, n: int) -> dict:
    """`n` and `se` of a share in percent by the binomial formula, 100 √(p(1 − p)/n); no `se` where all cases or none count, since the
    formula gives 0 there."""
    share = percent / 100
    se = round(100 * math.sqrt(share * (1 - share) / n), 2)
    return {"n": n} | ({"se": se} if se else {})

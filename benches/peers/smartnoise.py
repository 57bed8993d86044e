"""How many counts with a 95 % margin of at most 100 SmartNoise SQL affords from (1, 1e-6), by its own accuracy and odometer."""

import pandas as pd
from snsql import Privacy, from_df
from snsql.sql.odometer import OdometerHeterogeneous

EPSILON, DELTA, MARGIN = 1.0, 1e-6, 100.0
QUERY = "SELECT COUNT(*) AS n FROM room.list"
METADATA = {"": {"room": {"list": {"person": {"type": "int", "private_id": True}, "max_ids": 1, "rows": 1000}}}}


def margin(epsilon):
    reader = from_df(pd.DataFrame({"person": range(1000)}), privacy=Privacy(epsilon=epsilon, delta=0.0), metadata=METADATA)
    return reader.get_simple_accuracy(QUERY, alpha=0.05)[0]


def least_epsilon():
    fails, holds = 1e-3, EPSILON
    while holds / fails > 1 + 1e-6:
        middle = (fails * holds) ** 0.5
        if margin(middle) <= MARGIN:
            holds = middle
        else:
            fails = middle
    return holds


def counts(epsilon):
    odometer = OdometerHeterogeneous(Privacy(epsilon=epsilon, delta=0.0))
    # Its slack for composition; by default 1e-15 where queries have no delta of their own.
    odometer.tol = DELTA
    number = 0
    while True:
        odometer.spend()
        spent_epsilon, spent_delta = odometer.spent
        if spent_epsilon > EPSILON + 1e-9 or spent_delta > DELTA * (1 + 1e-9):
            return number
        number += 1


EPSILON_EACH = least_epsilon()
print(f"| SmartNoise SQL 1.0.10: its Laplace counts, its odometer | {counts(EPSILON_EACH)} | epsilon {EPSILON_EACH:.5f} each |")

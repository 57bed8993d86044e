"""How many counts with a 95 % margin of at most 100 Tumult Analytics affords from (1, 1e-6), by the noise it says it would add.

Its noise for a budget comes from its session (no query is evaluated, so Spark only holds the table); its sessions add up what
queries take, so the number is how many budgets of a query fit in that of the session.
"""

import math
import os
import sys

os.environ["PYSPARK_PYTHON"] = sys.executable

import pandas as pd
from pyspark.sql import SparkSession
from tmlt.analytics import AddOneRow, ApproxDPBudget, QueryBuilder, RhoZCDPBudget, Session

EPSILON, DELTA, MARGIN = 1.0, 1e-6, 100
# What rho (1, 1e-6) allows is for its user to know. The optimal conversion; the one of Bun and Steinke allows 0.017469.
RHO = 0.024356

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
table = spark.createDataFrame(pd.DataFrame({"person": range(100)}))
query = QueryBuilder("list").count()


def outside(info):
    """How likely its noise is beyond the margin: the parameter is a scale, or a variance for Gaussian noise."""
    name, parameter = info["noise_mechanism"].name, float(info["noise_parameter"])
    if name == "GEOMETRIC":
        return 2 * math.exp(-(MARGIN + 1) / parameter) / (1 + math.exp(-1 / parameter))
    assert name == "DISCRETE_GAUSSIAN", name
    weights = [math.exp(-k * k / (2 * parameter)) for k in range(4000)]
    return 2 * sum(weights[MARGIN + 1 :]) / (2 * sum(weights) - 1)


def counts(session_budget, budget, whole):
    session = Session.from_dataframe(session_budget, "list", table, protected_change=AddOneRow())
    fails, holds = whole / 10_000, whole
    while holds / fails > 1 + 1e-5:
        middle = (fails * holds) ** 0.5
        (info,) = session._noise_info(query, budget(middle))
        if outside(info) <= 0.05:
            holds = middle
        else:
            fails = middle
    return math.floor(whole / holds * (1 + 1e-5)), holds


number, each = counts(ApproxDPBudget(EPSILON, DELTA), lambda e: ApproxDPBudget(e, 0), EPSILON)
print(f"| Tumult Analytics 0.21.0: a session of (1, 1e-6) | {number} | epsilon {each:.5f} each |")
number, each = counts(RhoZCDPBudget(RHO), RhoZCDPBudget, RHO)
print(f"| Tumult Analytics 0.21.0: a session of rho {RHO}, converted by its user | {number} | rho {each:.3e} each |")
spark.stop()

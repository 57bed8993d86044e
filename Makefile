# The commands of the project. Each prepares what it needs first (`.ci/prepare`); after that plain cargo works too.

.PHONY: demo test torture bench deny

# A pilot room with five members, in ./camerata-demo, on http://127.0.0.1:8100.
demo:
	.ci/prepare
	cargo run -- demo

# What must hold before a change is merged; CI runs the same.
test:
	.ci/prepare test
	.ci/check

# The long form of the tests that draw at random: more rooms, more draws, narrower limits. Optimised, and still some hours; naming
# tests after `--` in its command runs those alone. At the end, ten minutes of each fuzz target.
torture:
	.ci/prepare test
	CAMERATA_TORTURE=1 CARGO_PROFILE_DEV_OPT_LEVEL=2 CARGO_PROFILE_TEST_OPT_LEVEL=2 cargo test --locked --lib --test server -- privacy:: template:: policy:: gateway:: kills:: damage:: full_disk:: door:: openapi:: fuzz:: accounts::enumeration:: --nocapture --include-ignored
	.ci/fuzz 600

# The room beside plain DuckDB, at one and ten million rows, in one table; CAMERATA_BENCH_ROWS=1000000 chooses the size. In the
# release profile, as users run it: the first time everything is compiled, for some minutes. Then what privacy costs, what generated
# SQL costs (there all time is DuckDB's, so the profile doesn't matter), and what two other programs afford from the same budget.
bench:
	.ci/prepare
	cargo bench --bench ratios
	cargo bench --profile dev --bench cost --bench templates --bench ledger
	benches/peers/run

# Licences, sources and doubled crates, by cargo-deny; the first time it is compiled, for some minutes. `make test` reads the
# licences itself (tests/client/dependencies.rs), so nothing depends on this.
deny:
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources

# The commands of the project. Each prepares what it needs first (`.ci/prepare`); after that plain cargo works too.

.PHONY: demo test bench torture deny

# A pilot room with five members, in ./camerata-demo, on http://127.0.0.1:8100.
demo:
	.ci/prepare
	cargo run -- demo

# What must hold before a change is merged; CI runs the same.
test:
	.ci/prepare
	.ci/check

# A table of times and memory, beside plain DuckDB in the same run.
bench:
	.ci/prepare
	cargo bench

# What takes longer than a change should wait for: the tests marked `ignored`.
torture:
	.ci/prepare
	cargo test --test server -- --ignored --nocapture

# Licences, sources and doubled crates, by cargo-deny; the first time it is compiled, for some minutes. `make test` reads the
# licences itself (tests/client/dependencies.rs), so nothing depends on this.
deny:
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources

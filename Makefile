# The commands of the project. Each prepares what it needs first (`.ci/prepare`); after that plain cargo works too.

.PHONY: demo test deny

# A pilot room with five members, in ./camerata-demo, on http://127.0.0.1:8100.
demo:
	.ci/prepare
	cargo run -- demo

# What must hold before a change is merged; CI runs the same.
test:
	.ci/prepare
	.ci/check

# Licences, sources and doubled crates, by cargo-deny; the first time it is compiled, for some minutes. `make test` reads the
# licences itself (tests/client/dependencies.rs), so nothing depends on this.
deny:
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources

# make run: serve the API on 127.0.0.1:8080 from a private PostgreSQL, with the seed dataset.
# make test: everything that CI runs.
.PHONY: run test

run:
	@scripts/require run
	@cargo run --release --locked --quiet -- serve

test:
	@scripts/require test
	@scripts/test

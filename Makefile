# Two commands matter: `make run` and `make test`. Everything else is a part of them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The set-up script may have put Rust and Node into the user's home or into .tools.
export PATH := $(CURDIR)/.tools/node_modules/node/bin:$(HOME)/.cargo/bin:$(PATH)
TARGET := $(or $(CARGO_TARGET_DIR),target)
DATA ?= ./data
LISTEN ?= 127.0.0.1:8080

help: ## Show the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 14

run: ## Set up, build, start with a demo workspace and print the sign-in link
	@scripts/setup.sh run
	@$(MAKE) --no-print-directory web
	@cargo build --release --workspace --bin labelwright
	@$(TARGET)/release/labelwright demo --data $(DATA) --listen $(LISTEN)

web: web/dist/index.html ## Build the web app when its sources changed

web/node_modules/.installed: web/package-lock.json
	cd web && npm ci --ignore-scripts
	touch $@

web/dist/index.html: web/node_modules/.installed $(shell find web/src web/index.html web/vite.config.ts -type f 2>/dev/null)
	cd web && npm run build

setup: ## Install what running and testing need
	@scripts/setup.sh test

test: setup lint test-web test-rust e2e ## Everything: lint, unit, both databases, browser
	@echo "all tests passed"

lint: web/dist/index.html ## Formatting, clippy, tidy, web lint and types, a fresh API client
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo xtask tidy
	cd web && npm run --silent lint && npm run --silent types && npm run --silent api -- --check

test-rust: ## Rust tests on SQLite and on a real PostgreSQL
	cargo test --workspace --quiet

test-web: web/dist/index.html ## Unit tests and size budget of the web app
	cd web && npm test && npm run --silent budget

e2e: web/dist/index.html ## The app in real Chromium against the real server
	cargo build --quiet --workspace --bins
	cd web && LABELWRIGHT_BIN=$(abspath $(TARGET))/debug/labelwright npm run --silent e2e
	cd web && LABELWRIGHT_BIN=$(abspath $(TARGET))/debug/labelwright \
	  $(abspath $(TARGET))/debug/xtask with-postgres npx playwright test story

bench: web/dist/index.html ## Measure speed in release mode, print ratios, write docs/benchmarks.md
	cargo build --release --workspace --bins
	$(TARGET)/release/xtask bench
	cd web && LABELWRIGHT_BIN=$(abspath $(TARGET))/release/labelwright npm run --silent bench:frames

SECONDS_EACH ?= 60

fuzz-smoke: ## Broken files for every reader, SECONDS_EACH=n for each (60)
	cargo run --release --quiet --package labelwright-formats --example fuzz -- $(SECONDS_EACH)

bench-quality: ## The quality commands beside crowd-kit, cleanlab, krippendorff and pycocotools: equal results, ratios
	cargo build --release --workspace --bin labelwright
	python3 scripts/bench_quality.py $(TARGET)/release/labelwright

bench-learn: ## The learning commands beside scikit-learn and hdbscan: labels saved, certificates, crowds, speed
	cargo build --release --workspace --bin labelwright --example neighbors
	python3 scripts/bench_learn.py $(TARGET)/release/labelwright

bench-augment: ## Pictures with boxes and masks augmented beside albumentations: equal flips, ratios
	python3 scripts/bench_augment.py

bench-collect: ## A crawl, a million rows, near-duplicates among a million texts, a profile of 100,000 pictures
	cargo build --release --workspace --bin labelwright --example collect_site
	python3 scripts/bench_collect.py

bench-large: ## Ten hours of sound, two of video, 1,000 pages, 500 slices: import, opening, memory, with their bounds
	cargo build --release --workspace --bin labelwright
	python3 scripts/bench_large.py --program $(TARGET)/release/labelwright

bench-formats: ## Convert and encode side by side with datumaro and pycocotools, print ratios
	cargo build --release --workspace --bin labelwright --example masks
	python3 scripts/bench_formats.py

check-formats: ## Open what is written with datumaro, pycocotools, spaCy, datasets, praatio, pympi, pyannote, motmetrics, nibabel, highdicom and others
	cargo build --quiet --workspace --bin labelwright --example samples
	python3 scripts/check_formats.py $(TARGET)/debug/labelwright
	python3 scripts/check_text_formats.py $(TARGET)/debug/examples/samples
	python3 scripts/check_volumes.py $(TARGET)/debug/labelwright

prove: ## The long experiments: crash loops, overlap races, retry storms, on both databases
	for store in sqlite postgres; do for experiment in p1 p2 p3; do \
	  cargo run --release --quiet --package xtask -- prove $$experiment --store $$store; done; done

clean: ## Remove build output (data stays)
	cargo clean
	rm -rf web/dist web/node_modules

.PHONY: help run web setup test lint test-rust test-web e2e bench bench-augment bench-collect bench-formats bench-large bench-learn bench-quality check-formats prove clean

# make demo    install what is missing, build, and show one hand-over from end to end
# make test    install what is missing, run every test
# make help    the rest

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Outside the checkout, so that several checkouts share one build. Only a default.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/tewatashi-target
# Where rustup and `cargo install` put programs.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin
# The Python tools that tests use as independent judges.
VENV ?= $(HOME)/.cache/tewatashi-venv

BIN := $(CARGO_TARGET_DIR)/release/tewatashi

.PHONY: help setup build demo test lint bench bench-erase bench-find cross desks try-static release reproduce clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

setup: ## install what building and testing need (nothing when it is all there)
	@VENV='$(VENV)' scripts/setup.sh all

build: ## build the program
	cargo build --release --locked
	@echo 'built: $(BIN)'

demo: ## pack, verify, list and open fixtures/sample in a temporary folder
	@scripts/setup.sh demo
	@$(MAKE) --no-print-directory build
	@TEWATASHI='$(BIN)' scripts/demo.sh

test: setup ## run every test (tests on real file systems need root)
	cargo test --locked --doc
	TEWATASHI_TEST_VENV='$(VENV)' cargo nextest run --locked

lint: ## formatting, clippy, licences and sources of dependencies
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo deny --locked --all-features check --hide-inclusion-graph licenses bans sources

bench: ## measure throughput
	cargo bench --locked --bench throughput

bench-erase: ## measure what an erasure leaves in raw images and how long it takes (needs root)
	@VENV='$(VENV)' scripts/setup.sh bench
	cargo bench --locked --bench erasure

bench-find: ## measure how long looking for copies among 200,000 files takes (needs root and 20 GiB)
	cargo bench --locked --bench find

cross: ## build the programs that are released: Windows, and any Linux on x86-64
	scripts/cross.sh setup
	scripts/cross.sh cargo linux build --release --features embed-fonts
	scripts/cross.sh cargo windows build --release --features embed-fonts

desks: ## try the programs for Windows (under wine) and any Linux, and the packages (needs root)
	scripts/desks.sh

try-static: ## run the program for Linux in an empty chroot (needs root)
	scripts/cross.sh setup
	scripts/cross.sh cargo linux build --release --features embed-fonts
	scripts/try-static.sh '$(CARGO_TARGET_DIR)/cross/x86_64-unknown-linux-musl/release/tewatashi'

release: ## make the archives, the Debian package, the bill of materials and their checksums
	scripts/cross.sh setup
	scripts/release.sh

reproduce: ## make the release twice in different folders and compare the bytes
	scripts/cross.sh setup
	scripts/reproduce.sh

clean: ## remove the build of this crate (kept: other crates, the Python environment)
	cargo clean -p tewatashi

# Everything a person types. Each command brings what it needs and can be repeated.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

NPM_FLAGS := --no-audit --no-fund
TARGET := $(or $(CARGO_TARGET_DIR),target)
WEB_SOURCES := $(shell find web -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)

.PHONY: help demo test web bench docs clean setup-build setup-test

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' \
		| while IFS='|' read -r name words; do printf 'make %-8s %s\n' "$$name" "$$words"; done

demo: setup-build web/dist/.built ## Build Seawall and start it with a simulated service
	cargo build --release --package seawall --locked
	$(TARGET)/release/seawall demo $(ARGS)

test: setup-test web/dist/.built tests/browser/node_modules/.installed ## Run every check and test
	cargo xtask ci

web: web/dist/.built ## Build the console's scripts and styles into web/dist

bench: web/dist/.built ## Run the benchmarks and print a table
	cargo xtask bench $(ARGS)

docs: web/dist/.built ## Write docs/reference anew from the program's own lists
	cargo xtask docs

clean: ## Remove everything that was built or installed in this folder
	cargo clean
	rm -rf web/dist web/node_modules tests/browser/node_modules tests/browser/out .cache

setup-build:
	@scripts/setup build

setup-test:
	@scripts/setup test

web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	cd web && npm run build
	touch $@

%/node_modules/.installed: %/package.json %/package-lock.json
	cd $* && npm ci $(NPM_FLAGS)
	mkdir -p $(@D)
	touch $@

# Everything a person or a machine does with this checkout. `make help` lists it.
# All paths are relative, so that the checkout may lie in a folder with blanks in its name.

BINARY := .build/bin/exporter-hub
PYTHON := .build-venv/bin/python3
SANITIZED := --package-path Tests/Sanitizer --scratch-path .build-sanitizer --sanitize=address
ARGS ?=
FUZZ_SECONDS ?= 60

.PHONY: help run build test lint format bench fuzz lua-tests sanitize clean install-build install-test

help: ## Show the targets.
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

run: build ## Build and start the hub on port 10100 with the shipped plugins; ARGS="--config hub.yml" adds options.
	"$(BINARY)" $(ARGS)

build: install-build ## Build the release program as .build/bin/exporter-hub (static Swift library, stripped).
	swift build -c release --static-swift-stdlib --product exporter-hub -Xlinker --no-export-dynamic
	mkdir -p .build/bin
	strip -o "$(BINARY)" .build/release/exporter-hub

# The sandbox's tests burn processor time on purpose, and the end-to-end tests measure deadlines: both run apart.
test: install-test lint build sanitize ## Install what the tests need and run all of them.
	swift build --build-tests
	swift test --skip-build --disable-xctest --filter LuaSandboxTests
	swift test --skip-build --disable-xctest --skip EndToEnd --skip LuaSandboxTests
	"$(BINARY)" test --plugins plugins
	HUB_BINARY="$(CURDIR)/$(BINARY)" swift test --skip-build --disable-xctest --filter EndToEnd

lint: ## Check the format of the Swift files, the Lua plugins and the shell scripts.
	swift format lint --strict --parallel --recursive Sources Tests Package.swift
	luacheck --quiet plugins
	shellcheck scripts/*.sh .ci/run

format: ## Format the Swift files in place.
	swift format --in-place --parallel --recursive Sources Tests Package.swift

bench: install-test build ## Measure against node_exporter and snmp_exporter, and with 500 routers; rewrite BENCHMARKS.md.
	"$(PYTHON)" -B Benchmarks/bench.py --hub "$(BINARY)" --output BENCHMARKS.md

fuzz: install-test ## Compare random library calls with stock Lua for FUZZ_SECONDS; FUZZ_SEED=N repeats a run.
	swift build --build-tests
	FUZZ_SECONDS="$(FUZZ_SECONDS)" swift test --skip-build --disable-xctest --filter FuzzTests

lua-tests: install-build ## Run the test suite of Lua 5.4.4 in the sandbox; LUA_TESTS=FOLDER if it is there already.
	swift build --build-tests
	tests="$$(scripts/lua-tests.sh .build/lua-tests)" && \
	    LUA_TESTS="$$tests" swift test --skip-build --disable-xctest --filter LuaSuiteTests

sanitize: install-build ## Run the sandbox's tests under AddressSanitizer.
	swift build $(SANITIZED) --build-tests
	swift test $(SANITIZED) --skip-build --disable-xctest

clean: ## Remove everything that was built.
	rm -rf .build .build-venv .build-sanitizer

install-build:
	@scripts/install.sh build

install-test:
	@scripts/install.sh build test
	@scripts/make-venv.sh .build-venv Tests/peers/requirements.txt

# `make help` lists what can be done.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PKG ?= ./...
FUZZTIME ?= 30s

# The steps of `make test` depend on each other in their order, also under `make -j`.
.NOTPARALLEL:

.PHONY: help
help: ## List what can be done
	@echo 'On a fresh Debian or Ubuntu with go, gcc and make:'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo 'PKG=./queue/... narrows test, race, lint and bench to some packages.'

.PHONY: build
build: ## Build bin/hotline
	go build -trimpath -o bin/hotline ./cmd/hotline

.PHONY: run
run: build ## Run the hotline on this machine: pages at http://127.0.0.1:8080/, data in data/ (Ctrl-C ends it)
	bin/hotline serve

.PHONY: run-asterisk
run-asterisk: build ## Run it behind a real Asterisk and a real Redis, which it installs and brings up itself
	deploy/run.sh

.PHONY: demo
demo: build ## A small company with simulated agents and callers, to look at (Ctrl-C ends it and removes what it made)
	go run ./cmd/demo

.PHONY: asterisk
asterisk: ## Make the Asterisk that tests and `make run-asterisk` use, once a machine
	deploy/asterisk/root.sh

.PHONY: test
test: install lint vulncheck race ## Everything CI does: install what is missing, lint, all tests with the race detector

.PHONY: race
race: ## All tests with the race detector; what they need must be installed
	@deploy/test/test.sh $(PKG)

.PHONY: quick
quick: ## All tests without the race detector, from the cache where nothing changed
	go test $(PKG)

.PHONY: lint
lint: ## golangci-lint and staticcheck, at the versions pinned in deploy/tools/go.mod
	@deploy/test/lint.sh $(PKG)

.PHONY: fmt
fmt: ## Format as lint wants it
	@$$(deploy/test/tools.sh)/golangci-lint fmt

.PHONY: vulncheck
vulncheck: ## govulncheck, when its database can be had
	@deploy/test/vulncheck.sh

.PHONY: install
install: ## Install what the tests need (apt-get; sudo when not root)
	@deploy/test/install.sh

.PHONY: fuzz
fuzz: ## Fuzz every fuzz test for FUZZTIME (default 30s) each
	@deploy/test/fuzz.sh $(FUZZTIME) $(PKG)

.PHONY: bench
bench: ## Measure the hotline against bare Dial() and Queue() on the same Asterisk
	deploy/test/install.sh
	go run ./cmd/bench

.PHONY: clean
clean: ## Remove what was built here; caches outside the tree stay
	rm -rf bin

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
run: build ## Run the hotline with a real Asterisk and Redis that it brings up itself (Ctrl-C ends all)
	deploy/run.sh

.PHONY: asterisk
asterisk: ## Make the Asterisk that tests and `make run` use, once a machine
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

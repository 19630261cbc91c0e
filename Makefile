# make builds; `make help` lists the rest. All programs are static: no cgo anywhere.

PROGRAMS = tramy-station tramy-hub tramy-demo
VERSION ?= $(shell git describe --tags --dirty 2>/dev/null || echo 0.1.0-dev)
LDFLAGS  = -s -w -X tramy/internal/version.Version=$(VERSION)
BUILD    = CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$(LDFLAGS)"

GOFUMPT_VERSION  = v0.12.0
GOLANGCI_VERSION = v2.15.0
TOOLS    = .tools
GOFUMPT  = $(TOOLS)/gofumpt-$(GOFUMPT_VERSION)
GOLANGCI = $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)

# What each fuzz target gets. Making an input that is new a little shorter gets little of it: it can take a minute each.
T ?= 10s

# What make crash gets.
KILLS  ?= 1056
IMAGES ?= 20000
SEED   ?= 1

.PHONY: all check format vet lint rules catalogue test needs race fuzz sim sim-mutants crash crash-mutants bench demo release clean help

## all        build the programs into bin/ (the default)
all:
	@mkdir -p bin
	$(foreach p,$(PROGRAMS),$(BUILD) -o bin/$(p) ./cmd/$(p) &&) true

## check      format, vet, lint, import rules, texts in both languages
check: format vet lint rules catalogue

format: $(GOFUMPT)
	@bad=$$($(GOFUMPT) -l .); \
	if [ -n "$$bad" ]; then echo "gofumpt would change:"; echo "$$bad"; exit 1; fi

vet:
	go vet ./...

lint: $(GOLANGCI)
	$(GOLANGCI) run ./...

rules:
	go test ./internal/importrules

catalogue:
	go test ./internal/locale ./internal/ui
	go test -run 'Error|Row|Refusal' ./internal/server

## test       all tests; the pages' need Chromium, the power cuts strace, the slow lines iproute2 and root (else they use loopback)
test: needs
	go test -timeout 15m ./...

# Where it may, it installs what is missing; else it says what to type.
needs:
	@missing=; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium"; \
	[ "$$(uname)" != Linux ] || command -v strace >/dev/null || missing="$$missing strace"; \
	[ "$$(uname)$$(id -u)" != Linux0 ] || command -v tc >/dev/null || missing="$$missing iproute2"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
		echo "the tests need$$missing; on Debian: sudo apt-get install$$missing"; exit 1; \
	fi

## race       all tests under the race detector; needs a C compiler
race: needs
	CGO_ENABLED=1 go test -race -timeout 40m ./...

## fuzz       every fuzz target for T (default 10s) each
fuzz:
	@set -e; for dir in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n1 dirname | sort -u); do \
		list=$$(go test -list '^Fuzz' $$dir); \
		for f in $$(echo "$$list" | grep '^Fuzz'); do \
			echo "$$dir $$f"; \
			go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(T) -fuzzminimizetime 10x $$dir; \
		done; \
	done

## crash      the real programs killed KILLS times, IMAGES of files after a power cut, full disks, slow lines; from SEED on
crash: needs
	go test -count=1 -v -timeout 6h ./internal/crash -args -kills $(KILLS) -images $(IMAGES) -flips 60 -seed $(SEED)

## crash-mutants  planted bugs: the tests of the real programs must notice each
crash-mutants: needs
	go run ./internal/crash/mutants

## sim        simulated countries in which everything goes wrong: make sim SEEDS=500, or make sim FOR=5m
sim:
	go run ./cmd/tramy-demo sim $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FOR),--for $(FOR)) $(if $(FROM),--from $(FROM))

## sim-mutants  planted bugs: each must be caught by the simulator
sim-mutants:
	go run ./internal/sim/mutants

## bench      every benchmark once
bench:
	go test -run '^$$' -bench . -benchmem ./...

## demo       a small country on this machine, in the browser
demo:
	go run ./cmd/tramy-demo --open

## release    every system's programs and their checksums into dist/
release:
	@rm -rf dist && mkdir -p dist
	@set -e; for target in linux/amd64 linux/arm64 windows/amd64 windows/arm64 windows/386; do \
		os=$${target%/*}; arch=$${target#*/}; ext=; [ $$os = windows ] && ext=.exe; \
		for p in $(PROGRAMS); do \
			echo "$$p $$target"; \
			GOOS=$$os GOARCH=$$arch $(BUILD) -o dist/$$p-$(VERSION)-$$os-$$arch$$ext ./cmd/$$p; \
		done; \
	done
	@cd dist && sha256sum * >SHA256SUMS

## clean      remove what was built, and the tools
clean:
	rm -rf bin dist .tools

## help       this list
help:
	@sed -n 's/^## /make /p' $(MAKEFILE_LIST)

$(GOFUMPT):
	GOBIN=$(CURDIR)/$(TOOLS) go install mvdan.cc/gofumpt@$(GOFUMPT_VERSION)
	@mv $(TOOLS)/gofumpt $@

# Takes some minutes the first time.
$(GOLANGCI):
	GOBIN=$(CURDIR)/$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv $(TOOLS)/golangci-lint $@

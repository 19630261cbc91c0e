# make builds; `make help` lists the rest. All programs are static: no cgo anywhere.

PROGRAMS = tramy-station tramy-hub tramy-demo
VERSION ?= $(shell git describe --tags --dirty 2>/dev/null || echo 0.1.0-dev)
LDFLAGS  = -s -w -X tramy/internal/version.Version=$(VERSION)
BUILD    = CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$(LDFLAGS)"

GOFUMPT_VERSION   = v0.12.0
GOLANGCI_VERSION  = v2.15.0
CYCLONEDX_VERSION = v1.10.0
VULNCHECK_VERSION = v1.9.0
# The database of known weaknesses where its home cannot be reached: its source of one day.
VULNDB_VERSION    = v0.0.0-20261105234957-e22db6528018
TOOLS    = .tools
GOFUMPT  = $(TOOLS)/gofumpt-$(GOFUMPT_VERSION)
GOLANGCI = $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
CYCLONEDX = $(TOOLS)/cyclonedx-gomod-$(CYCLONEDX_VERSION)
VULNCHECK = $(TOOLS)/govulncheck-$(VULNCHECK_VERSION)

# What is published. The same source, version and Go give the same bytes anywhere: RELEASE_GO is the one that is
# used whatever is installed, and nothing of the maker's settings takes part.
SYSTEMS     = linux/amd64 linux/arm64 windows/amd64 windows/arm64 windows/386
RELEASE_GO  = go1.26.10
RELEASE_ENV = GOTOOLCHAIN=$(RELEASE_GO) GOFLAGS=-mod=readonly GOWORK=off GOEXPERIMENT= GOAMD64=v1 GOARM64=v8.0 GO386=sse2 GOFIPS140=off LC_ALL=C
TARGETS    ?= $(SYSTEMS)

# What each fuzz target gets. Making an input that is new a little shorter gets little of it: it can take a minute each.
T ?= 10s

# What make crash gets.
KILLS  ?= 1056
IMAGES ?= 20000
SEED   ?= 1

.PHONY: all check format vet lint rules catalogue notice vuln test test-postgres needs race fuzz sim sim-mutants crash crash-mutants session bench year demo guide release clean help

## all        build the programs into bin/ (the default)
all:
	@mkdir -p bin
	$(foreach p,$(PROGRAMS),$(BUILD) -o bin/$(p) ./cmd/$(p) &&) true

## check      format, vet, lint, import rules, texts in both languages, licences
check: format vet lint rules catalogue notice

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

# NOTICE against what the programs link on every system.
notice:
	go run ./internal/release notice $(SYSTEMS)

## vuln       known weaknesses in what the programs call; from vuln.go.dev, or a pinned day of it
vuln: $(VULNCHECK)
	@go build -o $(TOOLS)/release ./internal/release
	@$(RELEASE_ENV) $(TOOLS)/release vuln $(CURDIR)/$(VULNCHECK) $(VULNDB_VERSION) linux/amd64 windows/amd64

## test       all tests; the pages' need Chromium, paper Poppler, the second engine PostgreSQL, the power cuts strace, the slow lines iproute2 and root (else they use loopback)
test: needs
	go test -timeout 15m ./...

# Where it may, it installs what is missing; else it says what to type.
needs:
	@missing=; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium"; \
	command -v pdftotext >/dev/null || missing="$$missing poppler-utils"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$$missing postgresql"; \
	[ "$$(uname)" != Linux ] || command -v strace >/dev/null || missing="$$missing strace"; \
	[ "$$(uname)$$(id -u)" != Linux0 ] || command -v tc >/dev/null || missing="$$missing iproute2"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
		echo "the tests need$$missing; on Debian: sudo apt-get install$$missing"; exit 1; \
	fi

## test-postgres  the tests of hubs and exchange once more, with every hub's data in PostgreSQL
test-postgres: needs
	TRAMY_TEST_HUBS=postgres go test -count=1 -timeout 30m ./internal/exchange ./hub

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

## session    a vaccination day of CHILDREN (default 60) in a real browser before the real programs, killed twice on the way
session: needs
	go test -count=1 -v -timeout 1h -run '^TestScriptedSession$$' ./internal/crash -args -session $(or $(CHILDREN),60) -seed $(SEED)

## sim        simulated countries in which everything goes wrong: make sim SEEDS=500, or make sim FOR=5m
sim:
	go run ./cmd/tramy-demo sim $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FOR),--for $(FOR)) $(if $(FROM),--from $(FROM))

## sim-mutants  planted bugs: each must be caught by the simulator
sim-mutants:
	go run ./internal/sim/mutants

## bench      every benchmark once
bench:
	go test -run '^$$' -bench . -benchmem ./...

## year       a year of a large station: 5,000 children, 400 movements of stock, its reports against a recount to the last unit
year:
	go test -timeout 60m -v -run 'TestTwelveMonthsEqualARecount|TestSuppliesEqualARecount' ./internal/report -year-children 5000 -year-movements 400

## demo       a small country on this machine, in the browser
demo:
	go run ./cmd/tramy-demo --open

## guide      the ten-minute guide with pictures of the real pages, in both languages, into dist/guide; needs Chromium
guide: needs
	@mkdir -p dist/guide
	go test -count=1 -run '^TestGuide$$' ./cmd/tramy-demo -guide $(CURDIR)/dist/guide

## release    every system's programs, what each is made of, licences and checksums into dist/
release: $(CYCLONEDX) notice
	@rm -rf dist && mkdir -p dist
	@go build -o $(TOOLS)/release ./internal/release
	@set -e; for target in $(TARGETS); do \
		os=$${target%/*}; arch=$${target#*/}; ext=; [ $$os = windows ] && ext=.exe; \
		for p in $(PROGRAMS); do \
			echo "$$p $$target"; \
			file=dist/$$p-$(VERSION)-$$os-$$arch$$ext; \
			export GOOS=$$os GOARCH=$$arch $(RELEASE_ENV); \
			$(BUILD) -o $$file ./cmd/$$p; \
			$(CYCLONEDX) bin -json -std -noserial -notimestamp -version $(VERSION) -output $$file.cdx.json $$file; \
			$(TOOLS)/release sbom $$file.cdx.json $$target; \
		done; \
	done
	@$(RELEASE_ENV) $(TOOLS)/release texts $(SYSTEMS) >dist/LICENSES.txt
	@cp LICENSE NOTICE dist/
	@cd dist && LC_ALL=C && export LC_ALL && sha256sum * >SHA256SUMS

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

$(CYCLONEDX):
	GOBIN=$(CURDIR)/$(TOOLS) go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$(CYCLONEDX_VERSION)
	@mv $(TOOLS)/cyclonedx-gomod $@

$(VULNCHECK):
	GOBIN=$(CURDIR)/$(TOOLS) go install golang.org/x/vuln/cmd/govulncheck@$(VULNCHECK_VERSION)
	@mv $(TOOLS)/govulncheck $@

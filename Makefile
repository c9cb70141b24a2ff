# Aixin. Everything that is built goes to .build/, the demo book to .demo/; `make` alone says what there is to make.

SHELL         := bash
.SHELLFLAGS   := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS     += --no-builtin-rules --no-print-directory

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
AIXIN   := .build/aixin
DEMO    := .demo

# The tools are programs of a module file of their own, so that go.mod stays short; they are built once for each tools.sum.
TOOLS      := .build/tools-$(shell cksum tools.sum | cut -d' ' -f1)
LINTER     := $(TOOLS)/golangci-lint
GOTESTSUM  := $(TOOLS)/gotestsum

# How long each fuzz target runs; how often torture repeats; which benchmarks; which packages.
T     ?= 30s
N     ?= 20
BENCH ?= .
P     ?= ./...

.PHONY: help
help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Try it

.PHONY: run
run: build ## serve a demo book on this computer, and say where
	@if [ ! -e $(DEMO)/book.json ]; then \
		rm -rf .build/demo && $(AIXIN) init --demo --book .build/demo >/dev/null && rm -rf $(DEMO) && mv .build/demo $(DEMO); \
	fi
	@exec $(AIXIN) serve --book $(DEMO)

.PHONY: demo-reset
demo-reset: ## throw the demo book away; the next `make run` makes a new one
	@if [ -e $(DEMO)/lock ] && command -v flock >/dev/null && ! flock --nonblock $(DEMO)/lock true; then \
		echo "the demo book is being served: stop it first (Ctrl-C in its terminal)" >&2; exit 1; \
	fi
	@rm -rf $(DEMO)

.PHONY: build
build: ## build .build/aixin
	@go build -trimpath -ldflags '-X main.version=$(VERSION)' -o $(AIXIN) ./cmd/aixin

##@ Check it

.PHONY: test
test: needs ## everything that a change must pass; the tests' own summary comes last
	@failed=(); \
	for step in lint vet race 'fuzz T=3s'; do \
		echo "== $$step"; $(MAKE) $$step || failed+=("$$step"); \
	done; \
	[ $${#failed[@]} -eq 0 ] || printf '== failed: %s\n' "$${failed[@]}"; \
	echo "== tests"; \
	$(MAKE) unit && [ $${#failed[@]} -eq 0 ]

.PHONY: check
check: lint vet ## lint and vet

.PHONY: lint
lint: $(LINTER) ## what the linters say
	@$(LINTER) run ./...

.PHONY: vet
vet: ## what go vet says
	@go vet ./...

.PHONY: unit
unit: $(GOTESTSUM) ## the tests alone; of one part with P=./ledger/...
	@$(GOTESTSUM) --format pkgname --format-hide-empty-pkg -- -timeout 40m $(P)

# Some tests take one path through one goroutine for every byte, entry or page, or read the sources: the race detector learns nothing from the
# second of them.
RACE_SKIP := EveryFlippedByte|ATornTailIsCut|ForgedEntries|SplicedEntries|FactsAge|ClosesAreAChain|TestYear|DescribedPage|PagesOfACounty|InboxFileIsBounded|RollOfFiveHundred
READ_SOURCES := Directions|ImportsOnlyArithmetic|LedgerIsPure|TestWords|NothingLeftToDo|DependenciesHaveReasons|GlossaryIsSpoken|NamedInCode|SectionsExist|ExitCodesInStep

# The browser and the programs that are visited, killed or starved are processes of their own: the detector, which watches the test's process,
# sees nothing of them.
OTHER_PROCESSES := RealFaults

.PHONY: race
race: ## the tests under the race detector, the slow ones shortened
	@go test -race -short -skip '$(RACE_SKIP)|$(READ_SOURCES)|$(OTHER_PROCESSES)' -timeout 40m $$(go list $(P) | grep -v '^aixin/api/browser$$')

.PHONY: fuzz
fuzz: ## fuzz every target for T each (T=30s)
	@.ci/fuzz $(T) $(P)

.PHONY: torture
torture: ## kill, cut, starve and corrupt books N times over (N=20), then fuzz each target for 5 minutes
	@go test -count=$(N) -timeout 0 -run 'Crash|Kill|Fault|Flip|Damage|Torn|Full|Unclean|Stops' ./store/... ./cmd/...
	@.ci/fuzz 5m $(P)

.PHONY: bench
bench: build ## benchmarks, then the store under load beside its floor
	@go test -timeout 1h -run '^$$' -bench '$(BENCH)' -benchmem $(P)
	@book=$$(mktemp -d) && trap 'rm -rf "$$book"' EXIT && $(AIXIN) bench --book "$$book/b" --clients 256 --seconds 10

# A county's year takes an hour with the other programs: make bench-audit YEAR=large BOOK=/tmp/county keeps it for the next run.
YEAR ?= medium
BOOK ?=

.PHONY: bench-audit
bench-audit: ## what an auditor waits for, beside sha256sum, hledger, ledger and beancount
	@AIXIN_AUDIT=$(YEAR) AIXIN_AUDIT_BOOK=$(BOOK) go test -count=1 -timeout 3h -run '^$$' -bench AuditFigures -benchtime 1x -v ./store/bench
	@AIXIN_AUDIT=$(YEAR) AIXIN_AUDIT_BOOK=$(BOOK) go test -count=1 -timeout 1h -run '^$$' -bench Redrawn -benchtime 1x -v ./cmd/aixin
	@go test -count=1 -timeout 1h -run '^$$' -bench ReconcileList -benchtime 1x ./api/sheet

.PHONY: bench-pages
bench-pages: ## how long the server takes for each page, on the year of a district (YEAR=large: of a county)
	@AIXIN_PAGES=$(YEAR) AIXIN_PAGES_BOOK=$(BOOK) go test -count=1 -timeout 2h -run '^$$' -bench Pages -benchtime 1x -v ./cmd/aixin

# How long each measurement of bench-http takes, and on how many connections.
SECONDS ?= 10
CLIENTS ?= 64

.PHONY: bench-http
bench-http: build ## a server over HTTP, beside its floor and beside PostgreSQL
	@.ci/bench-http $(AIXIN) $(SECONDS) $(CLIENTS)

.PHONY: cover
cover: ## the tests' coverage, by function and in total
	@go test -short -coverpkg=./... -coverprofile=.build/cover.out $(P) >/dev/null
	@go tool cover -html=.build/cover.out -o .build/cover.html
	@go tool cover -func=.build/cover.out | tail -1

.PHONY: shots
shots: ## pictures of every page in both languages and both sizes in .build/shots, for people to look at
	@rm -rf .build/shots && mkdir -p .build/shots
	@AIXIN_SHOTS=$(CURDIR)/.build/shots go test ./api/browser -run '^TestPagesAreAccessible$$' -count=1 -timeout 30m
	@echo "$(CURDIR)/.build/shots: $$(ls .build/shots | wc -l) pictures"

##@ Keep it

.PHONY: golden
golden: ## rewrite the golden files; read the difference before committing it
	@grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u | while read -r dir; do go test "$$dir" -update; done

.PHONY: docs
docs: ## rewrite the transcripts of the READMEs, and check the pages against the code
	@go test ./cmd/aixin -run '^TestReadme' -update
	@go test ./cmd/aixin -run '^TestReadme' -count=1
	@go test ./ledger -run 'Glossary|Invariants|Links|Targets|ExitCodes|Readmes|Dependencies' -count=1

.PHONY: tidy
tidy: $(LINTER) ## format the code and tidy go.mod
	@$(LINTER) fmt ./...
	@go mod tidy
	@go mod verify

.PHONY: dist
dist: ## release binaries and their checksums in .build/dist
	@rm -rf .build/dist && mkdir -p .build/dist
	@for target in linux/amd64 linux/arm64 windows/amd64; do \
		os=$${target%/*}; arch=$${target#*/}; name=aixin-$(VERSION)-$$os-$$arch; \
		[ $$os != windows ] || name=$$name.exe; \
		echo "$$name"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' \
			-o ".build/dist/$$name" ./cmd/aixin; \
	done
	@cd .build/dist && sha256sum aixin-* > SHA256SUMS && cat SHA256SUMS

.PHONY: needs
needs:
	@.ci/needs

$(LINTER):
	@echo "building golangci-lint (once for each tools.sum; some minutes)"
	@go build -modfile=tools.mod -ldflags='-s -w' -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(GOTESTSUM):
	@go build -modfile=tools.mod -o $@ gotest.tools/gotestsum

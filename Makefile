# fetchall: `make help` lists what there is.

SWIFT ?= swift
PREFIX ?= /usr/local
# Exclusive access is checked in every debug build and by all tests; the release build does without the bookkeeping.
RELEASE := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked
ifeq ($(shell uname),Linux)
# Libraries that are loaded beside other work, or by their first use, are not linked, in no build: what is tested is what
# is used. A fixed address spares each start 90,000 relocations in 250 pages; PIE=1 gives the address layout its randomness
# back, for 2 ms.
export PKG_CONFIG_PATH := $(CURDIR)/scripts/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))
RELEASE += $(if $(PIE),,-Xswiftc -Xclang-linker -Xswiftc -no-pie)
RELEASE += -Xlinker --no-export-dynamic
# The C++ library goes into the program as Swift's own does: its 3,000 relocations by name would be a tenth of each start.
# The linker takes what it finds first, so that a machine without the archive gets the shared library.
STATIC := $(CURDIR)/.build/static
RELEASE += -Xlinker -L$(STATIC)
endif
# Generic types over ours are made by code instead of by name: a name costs a search through all conformances.
RELEASE += -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors
SOURCES := Sources Tests examples Package.swift

.DEFAULT_GOAL := help
.PHONY: help deps build release static install demo test examples client docs dashboard dashboard-test check lint format bench \
	bench-quick bench-scale bench-instructions clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install the system packages that are missing (apt or brew)
	@scripts/deps.sh

build: deps ## Build for debugging
	$(SWIFT) build

release: deps static ## Build for use: .build/release/fetchall
	$(SWIFT) build $(RELEASE) --product fetchall

static:
ifdef STATIC
	@archive=$$(clang -print-file-name=libstdc++.a 2>/dev/null) && [ -f "$$archive" ] && mkdir -p $(STATIC) && ln -sf "$$archive" $(STATIC) || true
endif

install: release ## Install to PREFIX (/usr/local)
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 -s .build/release/fetchall "$(DESTDIR)$(PREFIX)/bin/fetchall"

demo: release ## Fetch a real list from a real server, here and now
	$(SWIFT) build $(RELEASE) --product demo-server
	@scripts/demo.sh

test: deps ## Build everything and run all tests
	$(SWIFT) build --build-tests
	@SWIFT=$(SWIFT) scripts/test.sh

examples: deps ## Run all programs of the lesson and check what they print
	$(SWIFT) build --product lesson
	@scripts/examples.sh

client: deps ## Build the program of another package that uses the library
	$(SWIFT) build --package-path examples/client --scratch-path .build/client

dashboard: deps ## Build the dashboard server (hummingbird; several minutes)
	$(SWIFT) build -c release --package-path examples/dashboard --product dashboard

dashboard-test: release dashboard ## Test the dashboard server over real HTTP and under load
	$(SWIFT) build $(RELEASE) --product demo-server
	@scripts/dashboard-test.sh --load

docs: deps ## Make the library's documentation: .build/FetchCore.doccarchive
	@scripts/docs.sh

lint: ## Check the style (swift-format) and the rules of the house
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	@scripts/lint.sh

format: ## Rewrite the sources in the house's style
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

check: lint test examples client ## What CI runs

bench: release ## Compare with curl and other programs that are installed, in every row of the targets
	$(SWIFT) build $(RELEASE) --product demo-server
	@Benchmarks/run.py
	@Benchmarks/crawl.py

bench-quick: release ## The main rows in two minutes
	$(SWIFT) build $(RELEASE) --product demo-server
	@Benchmarks/run.py --quick

bench-scale: release ## Requests/s, memory and time as work grows; draws docs/scale.svg
	@Benchmarks/scale.py

bench-instructions: release ## Where the instructions of a request go (valgrind)
	@Benchmarks/instructions.py

clean: ## Remove what was built
	rm -rf .build

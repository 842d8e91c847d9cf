# fetchall: `make help` lists what there is.

SWIFT ?= swift
PREFIX ?= /usr/local
# What the release build adds to `swift build` (`swift build --help`, ld(1)): Swift's own libraries go into the program, no
# folder beside it is searched for others, what the loader has bound is made read-only, and no symbol is exported (1 MB, and
# the loader need not look through 11,000 of them for each name). scripts/binary-test.sh looks.
RELEASE := -c release --static-swift-stdlib --disable-local-rpath
ifeq ($(shell uname),Linux)
RELEASE += -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now -Xlinker --no-export-dynamic
# Relocations take 8 kB in place of 970 (glibc 2.36 and newer reads them); only lld of the two linkers here can write them.
RELEASE += -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs
# Equal functions whose addresses are not compared become one (ld.lld(1)): 28 kB.
RELEASE += -Xlinker --icf=safe
endif
# Debian 12's valgrind (make bench-instructions) reads no newer debug information, and clang writes it for C.
RELEASE += -Xcc -gdwarf-4
SOURCES := Sources Tests examples Package.swift

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help deps deps-test deps-check build release install demo test examples client docs dashboard dashboard-test \
	check binary-test lint format bench bench-quick bench-scale bench-instructions clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install the packages that the build needs and that are missing (apt or brew)
	@scripts/deps.sh build

deps-test: ## Install the programs that the tests run and that are missing
	@scripts/deps.sh test

deps-check:
	$(eval problem := $(shell scripts/deps.sh check 2>&1))$(if $(problem),$(error $(problem)))

build: deps-check ## Build for debugging; installs nothing
	$(SWIFT) build

release: deps-check ## Build for use: .build/release/fetchall
	$(SWIFT) build $(RELEASE) --product fetchall

install: release ## Install to PREFIX (/usr/local), with man pages and completions
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 -s .build/release/fetchall "$(DESTDIR)$(PREFIX)/bin/fetchall"
	@scripts/install-help.sh .build/release/fetchall "$(DESTDIR)$(PREFIX)/share"

demo: deps release ## Fetch a real list from a real server, here and now
	$(SWIFT) build $(RELEASE) --product demo-server
	@scripts/demo.sh

test: deps deps-test ## Build everything and run all tests, after installing what they need
	$(SWIFT) build --build-tests
	$(SWIFT) build $(RELEASE) --product fetchall
	@SWIFT=$(SWIFT) scripts/test.sh

examples: deps-check ## Run all programs of the lesson and check what they print
	$(SWIFT) build --product lesson
	@scripts/examples.sh

client: deps-check ## Build the program of another package that uses the library
	$(SWIFT) build --package-path examples/client --scratch-path .build/client

dashboard: deps-check ## Build the dashboard server (hummingbird; several minutes)
	$(SWIFT) build -c release --package-path examples/dashboard --product dashboard

dashboard-test: release dashboard ## Test the dashboard server over real HTTP and under load
	$(SWIFT) build $(RELEASE) --product demo-server
	@scripts/dashboard-test.sh --load

docs: deps-check ## Make the library's documentation: .build/FetchCore.doccarchive
	@scripts/docs.sh

# The file is replaced only if every help was printed.
.PHONY: options
options: build ## Write docs/options.md from the help of all commands
	@scripts/options.sh > docs/options.md.new && mv docs/options.md.new docs/options.md

lint: ## Check the style (swift-format) and the rules of the house
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	@scripts/lint.sh

format: ## Rewrite the sources in the house's style
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

binary-test: release ## Test how the release binary is linked, and what it loads
	@scripts/binary-test.sh

.PHONY: links
links: build ## Check the links of the documentation, without the network
	.build/debug/fetchall check --offline README.md CONTRIBUTING.md docs

check: lint test links examples client binary-test ## What CI runs

bench: release ## Compare with curl and other programs that are installed, in every row of the targets
	$(SWIFT) build $(RELEASE) --product demo-server
	@Benchmarks/run.py
	@Benchmarks/downloads.py
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

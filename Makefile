# The few commands one needs; CMakePresets.json and tools/ do the work. What a target needs is
# brought by tools/setup when its list changed since the last time.
MAKEFLAGS += --no-print-directory
export PATH := $(CURDIR)/build/deps/bin:$(PATH)
PREFIX ?= /usr/local
lists := tools/setup tools/packages.txt tools/pins.txt

.SECONDARY: # keep the stamps
.PHONY: all demo test check oracle bench install clean help
all: build/release/build.ninja ## build the program: build/release/bin/dango
	cmake --build --preset release --target program

demo: all build/.setup-demo ## load, transform and show real data
	tools/demo

test: build/.setup-test ## unit tests, text cases, end to end; with sanitizers
	tools/test

check: build/.setup-test ## format, layers, analyzers, sizes, links
	tools/check

oracle: build/.setup-test ## real dbt and dlt on all cases: fails where they do not say what those do
	build/oracle/dbt/bin/python tests/e2e/dbt_cases.py --verify
	build/oracle/venv/bin/python tests/cases/load/make_expected.py --check tests/cases/load

bench: all build/.setup-bench ## measure speed, side by side with others
	cmake --build --preset release --target benches
	bench/run

install: all ## install below PREFIX (/usr/local), DESTDIR is put in front
	DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

clean: ## remove what was built, but not what was fetched
	rm -rf $(foreach p,dev clang asan tsan fuzz analyze coverage release release-clang,build/$(p))

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read -r name text; do \
	    printf '  make %-8s %s\n' "$$name" "$$text"; done

build/%/build.ninja: build/.setup-build CMakePresets.json
	cmake --preset $*

build/.setup-%: $(lists)
	tools/setup $*
	@touch $@

build/.setup-test build/.setup-bench: $(wildcard tests/oracle/requirements*.txt)

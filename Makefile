# Everything here is a script in scripts/: this file only gives them names.

.DEFAULT_GOAL := help
.PHONY: help run build test check generated bench faults fuzz clean

help: ## Show this list
	@echo "Kinora, a self-hosted video cloud. What make can do here:"
	@echo
	@sed -n 's/^\([a-z]*\): ## \(.*\)/  make \1|\2/p' Makefile | awk -F '|' '{ printf "%-14s%s\n", $$1, $$2 }'

run: ## Install what is missing, build, and run the server with a film to try
	@scripts/run.sh

build: ## Install what is missing, and build the release binary with its pages
	@scripts/install.sh build
	@scripts/build.sh

test: ## Install what the tests need, and run all of them
	@scripts/test.sh

check: ## Check format, lints, layers, documentation and generated documents
	@scripts/check.sh

generated: ## Write the generated documents anew
	@scripts/generated.sh

bench: ## Measure beside the peers and print the table (ARGS="--quick")
	@scripts/bench.sh $(ARGS)

faults: ## Try 200 random faults over a real batch (ARGS="--faults 40 --seed 1")
	@scripts/faults.sh $(ARGS)

fuzz: ## Run every fuzz target for a minute (FUZZ_SECONDS=60)
	@scripts/fuzz.sh

clean: ## Remove what was built; the library in ./data stays
	@scripts/clean.sh

# Every target runs scripts/deno, which installs Deno into this checkout where none is on PATH.
DENO := ./scripts/deno
ASYA := ./scripts/asya
MESH ?= examples/documents/mesh.yaml

# Where a mesh keeps its messages: where its file says, as a rule in a file beside it; or, with
# TRANSPORT=rabbitmq, on ASYA_RABBITMQ_URL, or a broker that is started for it and ends with it.
TRANSPORT ?=
START_ := $(ASYA)
START_rabbitmq := ./scripts/with_rabbitmq $(ASYA)
ON_rabbitmq := --transport rabbitmq
start = $(if $(START_$(TRANSPORT)),,$(error TRANSPORT is "$(TRANSPORT)"; allowed: rabbitmq, or nothing))\
	$(START_$(TRANSPORT)) $(1) "$(MESH)" $(ON_$(TRANSPORT))

.DEFAULT_GOAL := help
.PHONY: help demo run test test-unit test-integration test-conformance test-faults test-all \
	test-cov ok lint format docs manifests screenshots bench audit install-hooks build build-images \
	pack release-prepare release load-minikube load-minikube-build deploy-minikube \
	port-forward-grafana deps clean-integration clean

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^## / { print "\n" substr($$0, 4) } \
		/^[a-z%-]+:.*## / { printf "  %-22s %s\n", $$1, $$2 }' Makefile

## Try it

demo: deps ## Send a real document through a mesh, then stop it (MESH=file TRANSPORT=rabbitmq)
	@$(call start,demo)

run: deps ## Start a mesh and keep it until Ctrl-C (MESH=file TRANSPORT=rabbitmq)
	@$(call start,up)

## Test it

test: deps ## Run all tests that need nothing but this machine
	@$(DENO) task --quiet test

test-unit: deps ## Run the tests that stand beside the code
	@$(DENO) task --quiet test unit

test-unit-%: deps ## Run those of one folder: test-unit-sidecar, -gateway, -runtime, -actors, ...
	@$(DENO) task --quiet test unit-$*

test-integration: deps ## Run the tests that cross components
	@$(DENO) task --quiet test integration

test-integration-%: deps ## Run those of one program: test-integration-sidecar, -mesh
	@$(DENO) task --quiet test integration-$*

test-conformance: deps ## Run the official suites and clients of the Model Context Protocol
	@$(DENO) task --quiet test conformance

test-faults: deps ## Run every fault with a thousand jobs or more, for half an hour (ASYA_TEST_JOBS=n)
	@ASYA_TEST_JOBS=$${ASYA_TEST_JOBS:-1000} $(DENO) task --quiet test faults

test-all: deps ## Run all tests, then the gate
	@$(DENO) task --quiet test all
	@$(DENO) task --quiet ok

test-cov: deps ## Run the tests and show how much of the code they reach
	@$(DENO) task --quiet cov

## Change it

ok: deps ## The gate: format, lint, types, arrows, generated files, promises, packages
	@$(DENO) task --quiet ok

lint: ## Repair what format and lint can repair by themselves
	$(DENO) fmt --quiet
	$(DENO) lint --fix --quiet

format: ## Format every file
	$(DENO) fmt

docs: deps ## Write the generated tables and permission lists
	@$(DENO) task --quiet docs

manifests: deps ## Write the definition of AsyncActor, and its reference, from the schema in code
	@$(DENO) task --quiet docs operator/config docs/reference/asyncactor.md

screenshots: deps ## Take pictures of the dashboard, of a mesh at work, for README
	@$(DENO) task --quiet screenshots

bench: deps ## Measure speed, latency and memory
	@$(DENO) task --quiet bench

audit: deps ## Ask the registry for known weaknesses in packages (3: it could not be asked)
	@$(DENO) task --quiet audit

install-hooks: ## Check staged files before every commit
	git config core.hooksPath scripts/hooks

## Build and release it

build: deps ## Bundle programs into dist/, with executables if Deno can download their base
	@$(DENO) task --quiet build
	@$(DENO) task --quiet compile --if-possible

build-images: ## Build the container images (scripts/build-images.sh --help says more)
	@./scripts/build-images.sh

pack: deps ## Pack what runs under Node for npm, into dist/npm/
	@$(DENO) task --quiet pack

release-prepare: deps ## Write a version everywhere, for a person to look at and commit (VERSION=1.2.3)
	@$(DENO) task --quiet release prepare "$$VERSION"

release: deps ## Say whether VERSION=1.2.3 can be released, and what that publishes; changes nothing
	@$(DENO) task --quiet release "$$VERSION"

## Bring it into minikube

load-minikube: ## Bring the images into minikube
	@./scripts/load-images-minikube.sh

load-minikube-build: ## The same, and build them first
	@./scripts/load-images-minikube.sh --build

deploy-minikube: ## Bring a whole mesh into minikube: examples/deployment-minikube
	@./examples/deployment-minikube/scripts/deploy.sh

port-forward-grafana: ## Show the cluster's Grafana on http://localhost:3000, until Ctrl-C
	@./scripts/port-forward-grafana.sh

## Install and tidy up

deps: ## Install Deno (if needed) and every dependency, from deno.lock
	@$(DENO) --version | head -n 1 >&2
	@$(DENO) ci

clean-integration: ## Remove what integration tests and the examples' meshes left behind
	rm -rf .asya examples/*/.asya

clean: ## Remove everything that was built, installed or stored in this checkout
	rm -rf .asya examples/*/.asya .tools coverage dist

# The two commands of the README are `make reproduce` and `make test`; both set up what they need.
.DEFAULT_GOAL := help
# two commands at once would install over each other
.NOTPARALLEL:
.PHONY: help setup reproduce formats quick new check mine test style unit lab paper bench synthesize searches clean mutation docs docs-check

VENV   := .venv
PYTHON ?= python3
RUN    := $(VENV)/bin/python -m surveypls
# what running needs, and what developing needs beside it; each holds once its packages are in place
STAMP  := $(VENV)/.synced
DEV    := $(VENV)/.synced-dev
# the folder that the environment was made in: a copied or moved checkout makes its own
HOME_OF_VENV := $(VENV)/.checkout
NAME   ?= mine
# seconds that a notebook's cell may take; an hour where nothing is said
CELL_LIMIT ?=
LIMIT  := $(if $(CELL_LIMIT),--cell-limit $(CELL_LIMIT))
# of make unit; empty: all
PACKAGE ?=
# a locked uv in an environment of its own, so that nothing has to be installed beforehand
UV     := build/uv/bin/uv
# small matrices: BLAS threads cost more than they give
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
# where bytecode files are forbidden (as in many containers) each notebook would compile 3,000 modules anew
export PYTHONDONTWRITEBYTECODE :=

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## make the Python environment in .venv (done by itself when needed)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@rm -rf build/uv build/uv.partial
	@$(PYTHON) -m venv build/uv.partial
	@build/uv.partial/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
	@mv build/uv.partial build/uv

# An environment that was interrupted, or came along with a copied checkout, is made anew. Once developing has
# installed its packages, running keeps them.
define sync
	@test "$$(cat $(HOME_OF_VENV) 2>/dev/null)" = "$(CURDIR)" || rm -rf $(VENV)
	@rm -f $(HOME_OF_VENV)
	@$(UV) sync --locked --quiet $(1) --no-managed-python --python $(PYTHON)
	@touch $(2)
	@printf '%s\n' "$(CURDIR)" > $(HOME_OF_VENV)
endef

$(STAMP): pyproject.toml uv.lock | $(UV)
	$(call sync,$(if $(wildcard $(DEV)),--all-groups),$(STAMP) $(wildcard $(DEV)))

$(DEV): pyproject.toml uv.lock | $(UV)
	$(call sync,--all-groups,$(STAMP) $(DEV))

ifneq "$(shell cat $(HOME_OF_VENV) 2>/dev/null)" "$(CURDIR)"
.PHONY: $(STAMP) $(DEV)
endif

reproduce: $(STAMP) ## rebuild the whole paper: notebooks, figures, tables, verdicts
	@$(RUN) reproduce $(LIMIT)

formats: $(STAMP) ## every figure and table in every format and language, into build/formats/
	@$(RUN) reproduce --formats $(LIMIT)

quick: $(STAMP) ## the same with few resamples, into build/quick/
	@$(RUN) reproduce --quick $(LIMIT)

new: $(STAMP) ## propose a study file for your survey: make new SURVEY=path.csv [OUTPUT=path.yaml]
	@test -n "$(SURVEY)" || { echo "usage: make new SURVEY=path.csv [OUTPUT=path.yaml]"; exit 2; }
	@$(RUN) new "$(SURVEY)" $(if $(or $(OUTPUT),$(STUDY)),--output "$(or $(OUTPUT),$(STUDY))")

check: $(STAMP) ## list every problem of a survey and its study file: make check SURVEY=… STUDY=…
	@test -n "$(SURVEY)" -a -n "$(STUDY)" || { echo "usage: make check SURVEY=path.csv STUDY=path.yaml"; exit 2; }
	@$(RUN) check "$(SURVEY)" "$(STUDY)"

mine: $(STAMP) ## your own survey: make mine SURVEY=path.csv STUDY=path.yaml [NAME=mine]
	@test -n "$(SURVEY)" -a -n "$(STUDY)" || { echo "usage: make mine SURVEY=path.csv STUDY=path.yaml [NAME=mine]"; exit 2; }
	@$(RUN) run "$(SURVEY)" "$(STUDY)" --name "$(NAME)" $(LIMIT)

test: style ## style, types, unit tests, every notebook re-run and compared, and the site built without a warning
	@$(VENV)/bin/python tests/count_lines.py
	@$(VENV)/bin/python -m pytest tests -n 2 --dist loadfile
	@$(VENV)/bin/python tests/mutation.py --known --sample 25
	@SURVEYPLS_OUTPUT=build/nbval $(VENV)/bin/python -m pytest --nbval --nbval-current-env notebooks/*.ipynb -n 2 --dist loadfile
	@$(VENV)/bin/python docs/site/build.py

mutation: $(DEV) ## a sample of faults planted in all packages, and which of them the tests let pass
	@test -f build/mutation/record.json || $(VENV)/bin/python tests/mutation.py --record
	@$(VENV)/bin/python tests/mutation.py

style: $(DEV) ## style and types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy

unit: $(DEV) ## the quick tests of one package: make unit [PACKAGE=plsem]
	@$(VENV)/bin/python -m pytest tests/$(PACKAGE) -n 2 --dist loadfile -m "not slow"

paper: $(STAMP) ## the paper again (PDF, HTML; English, Spanish) from what the notebooks left
	@$(RUN) paper

docs: $(DEV) ## the site to read, English and Spanish, into build/site/
	@$(VENV)/bin/python docs/site/build.py

docs-check: $(DEV) ## the site in a real browser (needs chromium, node and npm)
	@test -f build/site/index.html || { echo "build/site/ is missing: make docs makes it"; exit 2; }
	@bash tests/site/check.sh build/site

lab: $(STAMP) ## open the notebooks in JupyterLab
	@$(VENV)/bin/jupyter lab --notebook-dir .

bench: $(DEV) ## time the bootstrap beside other packages
	@$(VENV)/bin/python benchmarks/run.py

searches: $(STAMP) ## remake the long searches that are kept, into build/searches/ [SEARCH=name QUICK=1 JOBS=2 KEEP=1]
	@$(RUN) searches $(SEARCH) $(if $(QUICK),--quick) $(if $(JOBS),--jobs $(JOBS)) $(if $(KEEP),--keep)

synthesize: $(STAMP) ## remake the synthetic survey of data/raw/ [N=45]
	@$(RUN) synthesize $(if $(N),--respondents $(N))

clean: ## remove the environment and what was built, not the runs on your own surveys
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf $(addprefix build/,uv uv.partial failed quick formats reproduce es custom nbval calibration.npz site site-source browser .locks .*.partial .*.old)
	@rmdir build 2>/dev/null || true
	@test ! -d build || { echo "kept, for you to delete if you like:"; ls -d build/*; }

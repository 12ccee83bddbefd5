# Tout passe par ici ; `make` seul affiche l'aide. .ci/installer prépare .venv et ne fait rien s'il est à jour.
.DEFAULT_GOAL := aide
.PHONY: aide run test test-rapide test-pg test-navigateur check bench editeur verrous

export PORT ?= 8000
PYTHON_VENV := .venv/bin/python

aide: ## affiche cette aide
	@echo "Portail PAMS"; echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## installe, prépare la base et ouvre le portail sur 127.0.0.1 (PORT=8000)
	@.ci/installer requirements.txt
	@export DEMO="$${DEMO:-1}" && $(PYTHON_VENV) manage.py preparer && exec $(PYTHON_VENV) manage.py servir

test: ## installe et joue toute la suite ; dit à la fin ce qui n’a pas pu être joué
	@.ci/installer requirements-dev.txt
	@.ci/essais tout

test-rapide: ## la suite sans les cas lents, à jouer à chaque enregistrement
	@.ci/installer requirements-dev.txt
	@.ci/essais rapide

test-pg: ## la suite sur PostgreSQL (PGHOST, PGPORT, PGUSER ; 127.0.0.1:5432 par défaut)
	@.ci/installer requirements-dev.txt
	@.ci/essais postgres

test-navigateur: ## les parcours dans un vrai Chromium
	@.ci/installer requirements-dev.txt
	@.ci/essais navigateur

check: ## relit le code, les gabarits, les migrations et les réglages de production
	@.ci/installer requirements-dev.txt
	@.ci/relire

bench: ## toutes les mesures, en tableau
	@.ci/installer requirements-dev.txt
	@$(PYTHON_VENV) -m benchmarks

editeur: ## reconstruit l’éditeur de texte à partir de ses sources (Node)
	@cd static/editeur/sources && npm ci --ignore-scripts && npm run build

verrous: ## recalcule les verrous d’après pyproject.toml (uv ; MISE_A_JOUR=1 prend les dernières versions)
	@.ci/verrouiller

#!/bin/bash
# Starts a Prefect worker that runs the deployments of prefect.yaml. Needs PREFECT_API_URL and INKFIELD_DATABASE_URL.
#
#   bash scripts/start_worker.sh                      registers the deployments, then reads for the pool inkfield
#   bash scripts/start_worker.sh --only               the same where scripts/deploy.sh has been run
#   bash scripts/start_worker.sh --only inkfield-control    runs what hands out work: large batches, schedules
#
# With INKFIELD_WORKER_HEALTH set it answers health checks on port 8080.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PREFECT_API_URL:?name the Prefect server, e.g. http://localhost:4200/api}"

if [ "${1:-}" = --only ]; then shift; else bash scripts/deploy.sh; fi
exec python -m inkfield schedule worker --pool "${1:-inkfield}"

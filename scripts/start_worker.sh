#!/bin/bash
# Starts a Prefect worker that runs the deployments of prefect.yaml, and the schedules. Needs PREFECT_API_URL and
# INKFIELD_DATABASE_URL; for large batches INKFIELD_ENGINE.
#
#   bash scripts/start_worker.sh          registers the deployments first
#   bash scripts/start_worker.sh --only   the same where scripts/deploy.sh has been run
#
# With INKFIELD_WORKER_HEALTH set it answers health checks on port 8080.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PREFECT_API_URL:?name the Prefect server, e.g. http://localhost:4200/api}"

if [ "${1:-}" != --only ]; then bash scripts/deploy.sh; fi
exec python -m inkfield schedule worker

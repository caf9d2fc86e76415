#!/bin/bash
# Starts a Prefect worker that runs the deployments of prefect.yaml. Needs PREFECT_API_URL and INKFIELD_DATABASE_URL.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PREFECT_API_URL:?name the Prefect server, e.g. http://localhost:4200/api}"

prefect work-pool create inkfield --type process --overwrite
prefect --no-prompt deploy --all
exec prefect worker start --pool inkfield --type process

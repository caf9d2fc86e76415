#!/bin/bash
# Makes the work pool and registers the deployments of prefect.yaml on the Prefect server of PREFECT_API_URL.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PREFECT_API_URL:?name the Prefect server, e.g. http://localhost:4200/api}"

prefect work-pool create inkfield-control --type process --overwrite
prefect --no-prompt deploy --all

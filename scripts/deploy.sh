#!/bin/bash
# Makes the work pools and registers the deployments of prefect.yaml on the Prefect server of PREFECT_API_URL.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PREFECT_API_URL:?name the Prefect server, e.g. http://localhost:4200/api}"

for pool in inkfield inkfield-control; do
  prefect work-pool create "$pool" --type process --overwrite
done
prefect --no-prompt deploy --all

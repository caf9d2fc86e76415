#!/bin/bash
# Starts Prefect's server on a PostgreSQL database of its own; the password comes from a file, as secrets do.
#   PREFECT_DATABASE_HOST, PREFECT_DATABASE_PASSWORD_FILE
set -euo pipefail
: "${PREFECT_DATABASE_HOST:?name the host of PostgreSQL}"
: "${PREFECT_DATABASE_PASSWORD_FILE:?name the file with the password of the role prefect}"

export PREFECT_SERVER_DATABASE_CONNECTION_URL
PREFECT_SERVER_DATABASE_CONNECTION_URL=$(python - <<'PYTHON'
import os
from pathlib import Path
from urllib.parse import quote

password = quote(Path(os.environ["PREFECT_DATABASE_PASSWORD_FILE"]).read_text().strip(), safe="")
host = quote(os.environ["PREFECT_DATABASE_HOST"], safe="")
print(f"postgresql+asyncpg://prefect:{password}@{host}/prefect")
PYTHON
)
exec prefect server start --host 0.0.0.0

#!/bin/bash
# Makes the passwords of docker-compose.yml, once: a file each in secrets/, a folder that only you can enter.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p -m 700 secrets
for name in postgres_password inkfield_password prefect_password analyst_password; do
  [ -e "secrets/$name" ] || python3 -c 'import secrets; print(secrets.token_urlsafe(24))' > "secrets/$name"
  chmod 444 "secrets/$name"  # the services read it as users of their own; the folder keeps others out
done
echo "The passwords are in secrets/. Keep a copy where you keep the backups."
echo "Give analysts that of secrets/analyst_password: it reads the views of the forms and changes nothing."

#!/bin/sh
# Writes a random value for every secret of compose.yml that has none yet. Existing secrets are kept.
set -eu
umask 022 # the containers' own users read the files; the folder itself is private
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

random() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }
secret() { [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }

secret postgres_password "$(random 24)"
secret database_url "postgres://cairn:$(cat secrets/postgres_password)@postgres/cairn"
secret redis_password "$(random 24)"
secret redis_url "redis://:$(cat secrets/redis_password)@redis:6379"
secret redis_config "$(printf '%s\n' 'maxmemory-policy noeviction' 'appendonly yes' 'protected-mode no' \
  "requirepass $(cat secrets/redis_password)")"
secret s3_access_key "$(random 10)"
secret s3_secret_key "$(random 24)"
secret secrets_key "$(random 32)"
secret webhook_key "$(random 32)"
secret owner_token "cairn_$(random 32)"
secret worker_token "cairn_$(random 32)"
# The same for the worker, whose tasks run as other users of its container
secret worker_only_token "$(cat secrets/worker_token)"
chmod 600 secrets/worker_only_token
echo "The secrets are in $(pwd)/secrets. The owner signs in with the token in secrets/owner_token."

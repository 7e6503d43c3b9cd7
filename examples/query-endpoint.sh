#!/bin/sh
# Recommends films for a user who watched Toy Story, Star Wars and The Matrix.
# With CAIRN_AUTH=required, set CAIRN_TOKEN.
set -eu
server=${MLFLOW_TRACKING_URI:-http://127.0.0.1:5000}
curl --fail-with-body --silent --show-error "$server/serving-endpoints/movies/invocations" \
  ${CAIRN_TOKEN:+--header "Authorization: Bearer $CAIRN_TOKEN"} \
  --header 'Content-Type: application/json' \
  --data '{"dataframe_records": [{"history": [1, 260, 2571], "k": 5, "filter_seen": true, "reasons": true}]}'

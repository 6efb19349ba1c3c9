#!/bin/sh
# `docker compose`, or the older `docker-compose` where only that is installed.
if docker compose version >/dev/null 2>&1; then exec docker compose "$@"; fi
exec docker-compose "$@"

#!/bin/sh
# `docker compose`, or the older `docker-compose` where only that is installed, with the secrets that docker-compose.yml
# needs. In development a missing SESSION_SECRET or WORKSPACE_SECRET is made once for this clone and kept where `npm
# start` keeps it; in production nothing is made: what is missing is named, and nothing starts. It needs no Node.
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)

# What a variable has: in the environment, else in .env. An empty one counts as not set.
setting() {
  eval "value=\${$1:-}"
  [ -n "$value" ] || value=$(in_file "$1" "$root/.env")
  printf '%s' "$value"
}
# The last value that a file in the form of .env gives it, without quotes and without a comment behind it.
in_file() {
  [ -f "$2" ] || return 0
  sed -n "s/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}$1[[:space:]]*=[[:space:]]*//p" "$2" | tail -n 1 |
    sed -e 's/\r$//' -e "s/^'\([^']*\)'.*/\1/" -e t -e 's/^"\([^"]*\)".*/\1/' -e t -e 's/^#.*//' -e 's/[[:space:]]\{1,\}#.*//' -e 's/[[:space:]]*$//'
}

if [ "$(setting NODE_ENV)" = production ]; then
  missing=
  for name in SESSION_SECRET WORKSPACE_SECRET AGENT_KEY ADMIN_KEY POSTGRES_PASSWORD REDIS_PASSWORD; do
    [ -n "$(setting "$name")" ] || missing="$missing $name"
  done
  if [ -n "$missing" ]; then
    echo "NODE_ENV is production, but this is not set, in the environment or in .env:$missing. See docs/security.md." >&2
    exit 78
  fi
else
  data=$(setting BATON_DATA)
  case "$data" in
    /*) ;;
    *) data="$root/${data:-.data}" ;;
  esac
  for name in SESSION_SECRET WORKSPACE_SECRET; do
    [ -z "$(setting "$name")" ] || continue
    secret=$(in_file "$name" "$data/secrets.env")
    if [ -z "$secret" ]; then
      mkdir -p "$data"
      secret=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')
      (umask 077 && printf "%s='%s'\n" "$name" "$secret" >>"$data/secrets.env")
      echo "$name is not set: made one for this clone, in $data/secrets.env" >&2
    fi
    export "$name=$secret"
  done
fi

# What it builds, it builds with BuildKit, which does what it can at the same time; an older docker must be asked for
# it.
case " $* " in
*" build "* | *" --build "*)
  case "${DOCKER_BUILDKIT:-}$(docker version --format '{{.Client.Version}}' 2>/dev/null)" in
    19.* | 20.*) export DOCKER_BUILDKIT=1 ;;
  esac
  ;;
esac

if docker compose version >/dev/null 2>&1; then exec docker compose "$@"; fi
exec docker-compose "$@"

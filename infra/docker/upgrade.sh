#!/bin/sh
# Brings a running `compose.sh up` to the code of this folder, without a moment in which nobody can chat: images,
# migrations, and then each service in turn. New containers start beside the old ones; when they say that they can work,
# the old ones are told to stop, and drain. Where one of them does not, or this is interrupted, all new ones of its
# service go and the old ones stay: what runs is what ran. With names of services only these are replaced.
# UPGRADE_PATIENCE_S: how long a new container may take to be well, 120.
set -e
folder=$(dirname "$0")
compose() { "$folder/compose.sh" "$@"; }
say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
timeout_s=${UPGRADE_PATIENCE_S:-120}

[ $# -gt 0 ] || set -- offline-model session workspace queue ai gateway

say "building"
compose build migrate "$@"
say "migrating the database"
compose run --rm migrate

# Asked here, not by Docker's own check, which is made rarely.
well() { docker exec "$1" /bin/bash /app/healthcheck.sh >/dev/null 2>&1; }
# The containers of a service that are not among the old ones, those that have ended again included.
added() {
  for container in $(compose ps --all -q "$1"); do
    case "$old" in *"$container"*) ;; *) echo "$container" ;; esac
  done
}
# What runs when this ends, in whichever way, while a service is half replaced.
service=
replaced=
undo() {
  code=$?
  trap - EXIT
  [ -n "$service" ] || exit "$code"
  for container in $(added "$service"); do docker rm --force "$container" >/dev/null || true; done
  echo "Replaced before that:${replaced:- nothing}." >&2
  exit "$code"
}
trap undo EXIT
interrupted() {
  [ -z "$service" ] || echo "Interrupted: all new ones of $service go and the old ones stay." >&2
  exit 130
}
trap interrupted INT TERM HUP
give_up() {
  echo "$1, so all new ones go and the old ones stay." >&2
  exit 1
}

for name in "$@"; do
  old=$(compose ps -q "$name")
  [ -n "$old" ] || { say "$name does not run, so it is left alone"; continue; }
  service=$name
  count=$(echo "$old" | wc -l)
  compose up --detach --no-deps --no-build --no-recreate --scale "$service=$((count * 2))" "$service" 2>/dev/null ||
    give_up "New containers of $service cannot be started"
  for container in $(added "$service"); do
    waited=0
    until well "$container"; do
      waited=$((waited + 1))
      if [ "$waited" -ge "$timeout_s" ]; then
        echo "The end of the log of $container:" >&2
        docker logs --tail 20 "$container" >&2
        give_up "A new $service is not well after $timeout_s s"
      fi
      sleep 1
    done
  done
  # The proxy looks for new gateways, and asks each twice before it sends anybody there.
  [ "$service" != gateway ] || sleep 6
  # From here on the new ones are those that count.
  service=
  for container in $old; do
    docker stop --time 30 "$container" >/dev/null
    docker rm "$container" >/dev/null
  done
  replaced="$replaced $name"
  say "$name: $count replaced"
done
say "done"

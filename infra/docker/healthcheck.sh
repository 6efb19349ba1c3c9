#!/bin/bash
# Exit 0 when this container's process says that it can do its work. Bash alone asks: starting a Node process for each
# check cost more than an idle service does.
exec 3<>"/dev/tcp/127.0.0.1/${HEALTH_PORT:-${PORT:-3001}}" || exit 1
printf 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]

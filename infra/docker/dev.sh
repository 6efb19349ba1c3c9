#!/bin/sh
# The servers that Baton needs, in containers, and Baton itself on the host: `pnpm dev`. Returns when they answer.
set -e
compose() { "$(dirname "$0")/compose.sh" --profile dev "$@"; }
compose up --detach postgres redis nats redis-commander

# The image starts Postgres once without TCP to set it up: what answers there is the server that stays.
tries=0
until compose exec -T postgres pg_isready --quiet --host 127.0.0.1 --username chat_user --dbname chat_db; do
  tries=$((tries + 1))
  if [ "$tries" -ge 120 ]; then
    echo "Postgres does not answer; its log: pnpm docker:logs postgres" >&2
    exit 1
  fi
  sleep 0.5
done

at() { compose port "$1" "$2" | sed 's/^127\.0\.0\.1/localhost/'; }
cat <<END

  Postgres         $(at postgres 5432)  (chat_user, database chat_db)
  Redis            $(at redis 6379)
  NATS             $(at nats 4222)
  Redis Commander  http://$(at redis-commander 8081)

They run until \`pnpm docker:down\`; the data stays. Next: pnpm db:generate, db:migrate, db:seed, then pnpm dev.
END

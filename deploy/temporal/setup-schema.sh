#!/bin/sh
# Brings Temporal's own two databases to the server's schema; run again it finds nothing to do.
set -eu

schema=/etc/temporal/schema/postgresql/v12

tool() {
  database=$1
  shift
  temporal-sql-tool --plugin "$SQL_PLUGIN" --ep "$SQL_HOST" -p "$SQL_PORT" -u "$SQL_USER" --db "$database" "$@"
}

prepare() {
  # On a database without the schema's own version table the update fails, and everything is made.
  tool "$1" update-schema -d "$schema/$2/versioned" && return
  tool "$1" create || true
  tool "$1" setup-schema -v 0.0
  tool "$1" update-schema -d "$schema/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility

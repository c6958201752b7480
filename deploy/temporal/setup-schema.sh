#!/bin/sh
# Brings Temporal's own two databases to the server's schema, which the tool carries with it; run again
# it finds nothing to do.
set -eu

sql_tool=${SQL_TOOL:-temporal-sql-tool}

tool() {
  database=$1
  shift
  "$sql_tool" --plugin "$SQL_PLUGIN" --ep "$SQL_HOST" -p "$SQL_PORT" -u "$SQL_USER" --db "$database" "$@"
}

prepare() {
  # On a database without the schema's own version table the update fails, and everything is made.
  tool "$1" update-schema --schema-name "postgresql/v12/$2" && return
  tool "$1" create || true
  tool "$1" setup-schema -v 0.0
  tool "$1" update-schema --schema-name "postgresql/v12/$2"
}

prepare temporal temporal
prepare temporal_visibility visibility

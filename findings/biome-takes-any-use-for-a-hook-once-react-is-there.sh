#!/usr/bin/env bash
# @biomejs/biome 2.5.15, seen on Node 20.20.2, 2026-11-30.
#
# Guess: the rules that a project is checked by follow from biome.json, and installing a package changes none of them.
# Seen:  rules of a domain are switched on by the dependencies in package.json. With react among them, `useHookAtTopLevel` is
#        applied to every file, a server's as well: any function whose name begins with "use" and a capital is taken for a hook,
#        and a call of it inside another function is an error, so that the check fails that passed before.
# What helps: `"domains": { "react": "none" }`, or other names for functions that are no hooks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set type=module
npm install --silent --no-audit --no-fund --ignore-scripts @biomejs/biome@2.5.15
cat > biome.json <<'JSON'
{ "linter": { "rules": { "recommended": true } }, "formatter": { "enabled": false }, "assist": { "enabled": false } }
JSON
cat > payments.js <<'JS'
function useUp(key) {
  return `${key} is used up`;
}

export async function refuse(key) {
  if (key === '') return null;
  return useUp(key);
}
JS
check() {
  npx biome lint --reporter=json payments.js 2>/dev/null | grep -o '"category":"[^"]*"' | sort -u | tr '\n' ' ' || true
}
echo "without react: $(check)" > seen
npm pkg set dependencies.react=19.3.1
echo "with react in package.json, not installed: $(check)" >> seen
expected='without react: 
with react in package.json, not installed: "category":"lint/correctness/useHookAtTopLevel" '
cat seen
[ "$(cat seen)" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }

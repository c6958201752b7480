#!/usr/bin/env bash
# mocha 12.0.3 beside mocha 10.8.2, seen on Node 20.20.2, 2026-11-30.
#
# Guess: `mocha 'test/{add,sub}.test.js'` runs both files, as it did for years, and as glob, which Mocha uses, expands it.
# Seen:  since Mocha 11 a pattern whose only magic is braces is taken for a file's name (glob's `hasMagic` says no to braces unless
#        it is asked to count them). Alone it is an error; beside a pattern that matches it is a warning, the run passes, and the
#        tests that were named are not run. With one `*` in the pattern the braces are expanded.
# What helps: a `*` in each pattern, and a count of the tests that ran.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for version in 10.8.2 12.0.3; do
  mkdir -p "$version/test"
  (
    cd "$version"
    npm init -y >/dev/null
    npm install --silent --no-audit --no-fund "mocha@$version"
    for name in add sub mul; do echo "it('$name', () => {});" > "test/$name.test.js"; done
  )
done
expected='10.8.2, braces alone: 2 passing
10.8.2, braces and a file: 3 passing
10.8.2, braces and a star: 2 passing
12.0.3, braces alone: No test files found
12.0.3, braces and a file: 1 passing
12.0.3, braces and a star: 2 passing'
seen=$(for version in 10.8.2 12.0.3; do
  cd "$folder/$version"
  run() { { npx mocha "$@" 2>&1 || true; } | grep -oE '[0-9]+ passing|No test files found' | head -1; }
  echo "$version, braces alone: $(run 'test/{add,sub}.test.js')"
  echo "$version, braces and a file: $(run 'test/{add,sub}.test.js' test/mul.test.js)"
  echo "$version, braces and a star: $(run 'test/{add,sub}*.test.js')"
done)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }

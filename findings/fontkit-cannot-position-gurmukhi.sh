#!/usr/bin/env bash
# fontkit 2.0.4, @fontsource-variable/noto-sans-gurmukhi 5.3.0, seen on Node 20.20.2, 2026-11-29.
#
# Guess: a shaper lays out any text whose script it knows, or leaves marks where they are.
# Seen:  the word "Panjabi" in its own script raises a TypeError while marks are positioned; without the tippi above the
#        first letter it is laid out. Whoever prints it has to catch the error and lay out without mark positioning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fontkit@2.0.4 @fontsource-variable/noto-sans-gurmukhi@5.3.0
cat > layout.mjs <<'JS'
import { readFileSync } from 'node:fs';
import * as fontkit from 'fontkit';

const file = 'node_modules/@fontsource-variable/noto-sans-gurmukhi/files/noto-sans-gurmukhi-gurmukhi-wght-normal.woff2';
const font = fontkit.create(readFileSync(file));

function outcome(text) {
  try {
    return `${font.layout(text).glyphs.length} glyphs`;
  } catch (error) {
    return String(error);
  }
}

console.log(`with tippi: ${outcome('\u0A2A\u0A70\u0A1C\u0A3E\u0A2C\u0A40')}`);
console.log(`without: ${outcome('\u0A2A\u0A1C\u0A3E\u0A2C\u0A40')}`);
JS
expected="with tippi: TypeError: Cannot read properties of null (reading 'xCoordinate')
without: 5 glyphs"
seen=$(node layout.mjs)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }

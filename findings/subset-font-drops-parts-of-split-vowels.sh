#!/usr/bin/env bash
# subset-font 2.9.0 with fontkit 2.0.4, @fontsource-variable/noto-sans-tamil 5.3.0, seen on Node 20.20.2, 2026-11-29.
#
# Guess: a font that was subset to a text has every glyph that the text needs.
# Seen:  the Tamil syllable "ko" is one consonant and one vowel sign in Unicode, and a shaper draws the sign in two parts,
#        left and right of the consonant. The parts have no code point in the text, the subset lacks them, and fontkit
#        lays out the missing glyph (0) twice. With keepAllGlyphs, and the empty text that it demands, all three are there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund subset-font@2.9.0 fontkit@2.0.4 @fontsource-variable/noto-sans-tamil@5.3.0
cat > subset.mjs <<'JS'
import { readFileSync } from 'node:fs';
import * as fontkit from 'fontkit';
import subsetFont from 'subset-font';

const file = 'node_modules/@fontsource-variable/noto-sans-tamil/files/noto-sans-tamil-tamil-wght-normal.woff2';
const syllable = '\u0B95\u0BCA';
const options = { targetFormat: 'truetype', variationAxes: { wght: 400 } };

async function missing(text, more) {
  const font = fontkit.create(await subsetFont(readFileSync(file), text, { ...options, ...more }));
  const { glyphs } = font.layout(syllable);
  return `${glyphs.filter(({ id }) => id === 0).length} of ${glyphs.length} glyphs missing`;
}

console.log(`subset to the text: ${await missing(syllable, {})}`);
console.log(`all glyphs kept: ${await missing('', { keepAllGlyphs: true })}`);
JS
expected='subset to the text: 2 of 3 glyphs missing
all glyphs kept: 0 of 3 glyphs missing'
seen=$(node subset.mjs)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }

#!/usr/bin/env bash
# fontkit 2.0.4 (as pdfkit 0.20.2 uses it), @fontsource/noto-sans 5.3.0, seen on Node 20.20.2, 2026-11-29.
#
# Guess: a font that lays text out and gives its glyphs' outlines can also be subset, as pdfkit does to embed it.
# Seen:  from a WOFF2 file the glyph has its outline (13 commands for "H") and its copy in the subset has none, with no
#        error on the way: a PDF looks right to a text extractor and is blank on paper. From the WOFF file of the same
#        font the copy has its 13 commands.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fontkit@2.0.4 @fontsource/noto-sans@5.3.0
cat > subset.mjs <<'JS'
import { readFileSync } from 'node:fs';
import * as fontkit from 'fontkit';

for (const format of ['woff', 'woff2']) {
  const file = `node_modules/@fontsource/noto-sans/files/noto-sans-latin-400-normal.${format}`;
  const font = fontkit.create(readFileSync(file));
  const [glyph] = font.layout('H').glyphs;
  const subset = font.createSubset();
  const copied = subset.includeGlyph(glyph);
  const embedded = fontkit.create(Buffer.from(subset.encode()));
  const outline = embedded.getGlyph(copied).path.commands.length;
  console.log(`${format}: ${glyph.path.commands.length} commands, ${outline} in the subset`);
}
JS
expected='woff: 13 commands, 13 in the subset
woff2: 13 commands, 0 in the subset'
seen=$(node subset.mjs)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }

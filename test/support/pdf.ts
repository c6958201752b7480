/** Reads the PDFs of papers, which are not compressed and whose fonts say what their glyphs stand for. */

export function pagesOf(pdf: string): number {
  return pdf.match(/\/Type \/Page\b/g)?.length ?? 0;
}

/** The line of the foot: below it there is one row, the foot's own. */
export const A4_FOOT = 841.89 - 752;

/** The baselines below a height, in points from the bottom of the page. */
export function rowsBelow(pdf: Buffer, height: number): Set<number> {
  const rows = [...pdf.toString('latin1').matchAll(/1 0 0 1 [\d.]+ ([\d.]+) Tm/g)];
  return new Set(rows.map(([, y]) => Number(y)).filter((y) => y < height));
}

/** The text of a page whose fonts are embedded, by the table that each font has for copying. */
export function textOf(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  const fonts = new Map<string, string[]>();
  for (const [, id = '', unicode = ''] of text.matchAll(
    /\n(\d+) 0 obj\n<<(?:(?!endobj)[\s\S])*?\/Type \/Font\n(?:(?!endobj)[\s\S])*?\/ToUnicode (\d+) 0 R/g,
  ))
    fonts.set(id, lettersIn(objectIn(text, unicode)));
  const named = new Map(
    [...text.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id = '']) => [name, id]),
  );
  let letters: string[] = [];
  let read = '';
  for (const [, font, hex] of text.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9a-f]+)>(?= [-\d]|\])/g)) {
    if (font !== undefined) letters = fonts.get(named.get(font) ?? '') ?? [];
    else
      for (const glyph of hex?.match(/.{4}/g) ?? [])
        read += letters[Number.parseInt(glyph, 16)] ?? '';
  }
  return read;
}

function objectIn(pdf: string, id: string): string {
  const start = pdf.indexOf(`\n${id} 0 obj`);
  return pdf.slice(start, pdf.indexOf('endobj', start));
}

/** What each glyph stands for, in the order of the glyphs. */
function lettersIn(map: string): string[] {
  return [...map.matchAll(/\[([^\]]*)\]/g)].flatMap(([, row = '']) =>
    [...row.matchAll(/<([0-9a-f ]*)>/g)].map(([, hex = '']) => {
      const units = hex.replaceAll(' ', '').match(/.{4}/g) ?? [];
      return String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
    }),
  );
}

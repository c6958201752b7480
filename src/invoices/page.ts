/** A page that texts of any script are written on. */

import { fontOf, type Weight } from './fonts.ts';
import type { Line, Measure, Piece } from './text-layout.ts';
import { layoutText, piecesOf, printableText } from './text-layout.ts';

export interface Style {
  x: number;
  /** The top of the first line. */
  y: number;
  size: number;
  width: number;
  weight?: Weight;
  color: string;
  align?: 'left' | 'right';
  /** What is longer is cut, with an ellipsis. */
  maxLines?: number;
}

/** Of the size of the letters: from the top of a line to its baseline, and to the next line. */
const ASCENT = 1.07;
export const LINE_HEIGHT = 1.36;

/**
 * Registers the fonts of all texts that will be written, as pdfkit itself cannot wait for them.
 *
 * @param texts of each weight
 */
export async function registerFonts(
  page: PDFKit.PDFDocument,
  texts: Readonly<Record<Weight, readonly string[]>>,
): Promise<void> {
  for (const weight of [400, 700] as const) {
    // Cutting a text may bring one character that it does not have.
    const pieces = [...texts[weight], '…'].flatMap((text) => piecesOf(printableText(text)));
    for (const slice of new Set(pieces.map((piece) => piece.slice)))
      page.registerFont(nameOf({ slice }, weight), await fontOf(slice, weight));
  }
}

type Extent = Pick<Style, 'size' | 'width' | 'weight' | 'maxLines'>;

/** How much of the page a text takes from top to bottom. */
export function heightOf(page: PDFKit.PDFDocument, text: string, extent: Extent): number {
  return extent.size * LINE_HEIGHT * linesOf(page, text, extent).length;
}

function linesOf(page: PDFKit.PDFDocument, text: string, extent: Extent): Line[] {
  const { width, maxLines = 1 } = extent;
  return layoutText(printableText(text), { width, maxLines }, measureOf(page, extent));
}

function measureOf(
  page: PDFKit.PDFDocument,
  { size, weight = 400 }: Pick<Style, 'size' | 'weight'>,
): Measure {
  return (piece) => {
    page.font(nameOf(piece, weight)).fontSize(size);
    return page.widthOfString(piece.text, shapingOf(page, piece.text));
  };
}

/** Writes a text, and answers where the next one may begin. */
export function write(page: PDFKit.PDFDocument, text: string, style: Style): number {
  const { x, y, size, width, color, align = 'left' } = style;
  const measure = measureOf(page, style);
  const lines = linesOf(page, text, style);
  page.fillColor(color);
  for (const [i, line] of lines.entries()) {
    const left = align === 'right' ? x + width - line.width : x;
    writeLine(line, left, y + size * (ASCENT + i * LINE_HEIGHT));
  }
  return y + size * LINE_HEIGHT * lines.length;

  function writeLine({ pieces }: Line, left: number, baseline: number): void {
    let at = left;
    for (const piece of pieces) {
      const width = measure(piece);
      const shaping = shapingOf(page, piece.text);
      page.text(piece.text, at, baseline, { ...shaping, lineBreak: false, baseline: 'alphabetic' });
      at += width;
    }
  }
}

/**
 * fontkit 2.0.4 throws a TypeError where a base has no anchor for the class of a mark, which a font may
 * well leave out. Marks then stand where they stand by themselves: a paper must not fail for one.
 */
const UNPLACED = Object.fromEntries(
  ['mark', 'mkmk', 'abvm', 'blwm'].map((feature) => [feature, false]),
) as unknown as PDFKit.Mixins.OpenTypeFeatures[];

/** Found out before anything is drawn, as half a drawing cannot be taken back. */
function shapingOf(page: PDFKit.PDFDocument, text: string): PDFKit.Mixins.TextOptions {
  try {
    page.widthOfString(text);
    return {};
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { features: UNPLACED };
  }
}

function nameOf({ slice: { file } }: Pick<Piece, 'slice'>, weight: Weight): string {
  return `${file} ${weight}`;
}

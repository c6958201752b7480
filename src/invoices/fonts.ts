/**
 * The open fonts that papers embed: Noto Sans, as one variable font a script, in slices that each have some
 * hundred characters. PDF knows no variable fonts, so a slice is pinned to one weight before it is used.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { LRUCache } from 'lru-cache';
import subsetFont from 'subset-font';

export type Weight = 400 | 700;

export interface Slice {
  /** Its place in the packages, which is its name as well. */
  file: string;
  ranges: readonly (readonly [first: number, last: number])[];
}

const PACKAGES = '@fontsource-variable';
const require = createRequire(import.meta.url);

/** One slice each; the others of their packages repeat Latin letters. */
const SCRIPTS =
  'arabic armenian bengali ethiopic georgian gujarati gurmukhi hebrew kannada khmer lao malayalam ' +
  'myanmar oriya sinhala tamil telugu thai';

const LETTERS = slicesOf('noto-sans', () => true);
const OTHERS = SCRIPTS.split(' ').flatMap((script) =>
  slicesOf(`noto-sans-${script}`, (name) => name === script),
);

/** Chinese characters look different in each; a text is set in one of them as far as that has them. */
const IDEOGRAPHS = {
  japanese: ['jp', 'sc', 'tc', 'kr'],
  korean: ['kr', 'sc', 'tc', 'jp'],
  chinese: ['sc', 'tc', 'jp', 'kr'],
} as const;

const NUMBERED = /^\[\d+\]$/;
const BY_REGION = new Map(
  IDEOGRAPHS.chinese.map((region) => [
    region,
    slicesOf(`noto-sans-${region}`, (name) => NUMBERED.test(name)),
  ]),
);

function slicesOf(family: string, isWanted: (name: string) => boolean): Slice[] {
  const byName = require(`${PACKAGES}/${family}/unicode.json`) as Record<string, string>;
  return Object.entries(byName)
    .filter(([name]) => isWanted(name))
    .map(([name, ranges]) => ({
      file: `${family}/files/${family}-${name.replaceAll(/[[\]]/g, '')}-wght-normal.woff2`,
      ranges: ranges.split(',').map(rangeOf),
    }));
}

/** `U+0900-097F`, or one character. */
function rangeOf(text: string): [number, number] {
  const [first = '', last = first] = text.trim().slice('U+'.length).split('-');
  return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
}

function has({ ranges }: Slice, codePoint: number): boolean {
  return ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
}

/** Belongs to the letter before it: a mark, a joiner, a selector of a variant. */
const ATTACHED = /^(?:\p{M}|\u200C|\u200D)$/u;

/**
 * The slice of each character, in code points; null where no font has it. A mark stays with what is before
 * it where that slice has it too, as both are shaped together.
 */
export function slicesFor(text: string, find: FindSlice): (Slice | null)[] {
  let before: Slice | null = null;
  return Array.from(text, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    const stays = before !== null && has(before, codePoint) && ATTACHED.test(character);
    const found: Slice | null = stays ? before : find(codePoint);
    before = found;
    return found;
  });
}

/** The first slice that has a character; null where none has. */
export type FindSlice = (codePoint: number) => Slice | null;

/** For a text and every part of it: a part alone could be set in another font. */
export function fontsFor(text: string): FindSlice {
  const candidates = [...LETTERS, ...OTHERS, ...ideographsFor(text)];
  // Lines are tried letter by letter, and there are hundreds of slices.
  const known = new Map<number, Slice | null>();
  return (codePoint) => {
    const found = known.get(codePoint);
    if (found !== undefined) return found;
    const slice = candidates.find((candidate) => has(candidate, codePoint)) ?? null;
    known.set(codePoint, slice);
    return slice;
  };
}

function ideographsFor(text: string): Slice[] {
  const regions = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)
    ? IDEOGRAPHS.japanese
    : /\p{Script=Hangul}/u.test(text)
      ? IDEOGRAPHS.korean
      : IDEOGRAPHS.chinese;
  return regions.flatMap((region) => BY_REGION.get(region) ?? []);
}

/** Some 60 KB each; a busy shop's papers need a few dozen. */
const MAX_PINNED = 200;
const pinned = new LRUCache<string, Promise<Buffer>>({ max: MAX_PINNED });

/** The slice as a font of that weight, as PDF can embed it. Always the same bytes. */
export function fontOf({ file }: Slice, weight: Weight): Promise<Buffer> {
  const name = `${file} ${weight}`;
  const known = pinned.get(name);
  if (known !== undefined) return known;
  const made = pin(file, weight);
  pinned.set(name, made);
  // One that failed is tried anew for the next paper.
  made.catch(() => pinned.delete(name));
  return made;
}

async function pin(file: string, weight: Weight): Promise<Buffer> {
  const font = await readFile(require.resolve(`${PACKAGES}/${file}`));
  return subsetFont(font, undefined, {
    targetFormat: 'truetype',
    variationAxes: { wght: weight },
    keepAllGlyphs: true,
  });
}

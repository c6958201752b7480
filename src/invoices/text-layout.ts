/**
 * Sets a text in lines: each piece in the font that has its letters, lines broken where they may be, and
 * right-to-left scripts in the order in which they are read. pdfkit does none of this.
 */
import bidiFactory, { type Bidi } from 'bidi-js';
import { type FindSlice, fontsFor, type Slice, slicesFor } from './fonts.ts';

export interface Piece {
  /** As it is to be drawn from left to right; letters of right-to-left scripts are turned by the font. */
  text: string;
  slice: Slice;
}

export interface Line {
  pieces: Piece[];
  width: number;
}

/** The width of a piece in points. */
export type Measure = (piece: Piece) => number;

// Its types tell of a default export inside of the module, which is the module itself.
const bidi = (bidiFactory as unknown as () => Bidi)();

/** Controls and marks of direction: nothing that is printed, and nothing that may reorder an invoice. */
const UNPRINTED =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;
const UNKNOWN = '?';

/** The text as it is printed: composed, on one line, with a question mark for what no font has. */
export function printableText(text: string): string {
  const plain = text.normalize('NFC').replaceAll(/\s+/g, ' ').replaceAll(UNPRINTED, '').trim();
  const slices = slicesFor(plain, fontsFor(plain));
  return Array.from(plain, (character, i) => (slices[i] === null ? UNKNOWN : character)).join('');
}

/** Every piece of a printable text, wherever its lines are broken. */
export function piecesOf(text: string): Piece[] {
  return inReadingOrder(text, settingOf(text));
}

/** @param text as `printableText` gives it */
export function layoutText(
  text: string,
  { width, maxLines }: { width: number; maxLines: number },
  measure: Measure,
): Line[] {
  const setting = settingOf(text);
  const lineOf = (part: string): Line => {
    const pieces = inReadingOrder(part.trim(), setting);
    return { pieces, width: pieces.reduce((sum, piece) => sum + measure(piece), 0) };
  };
  const fits = (part: string): boolean => lineOf(part).width <= width;
  const parts = brokenInto(text, fits);
  if (parts.length <= maxLines) return parts.map(lineOf);
  const kept = parts.slice(0, maxLines);
  const last = Array.from(kept.pop()?.trim() ?? '');
  while (last.length > 0 && !fits(`${last.join('')}…`)) last.pop();
  return [...kept, `${last.join('')}…`].map(lineOf);
}

/** Parts that each fit; a word that is longer than a line is broken anywhere between two letters. */
function brokenInto(text: string, fits: (part: string) => boolean): string[] {
  const parts: string[] = [];
  let part = '';
  const add = (word: string): void => {
    if (part !== '' && !fits(part + word)) {
      parts.push(part);
      part = '';
    }
    part += word;
  };
  for (const word of wordsOf(text)) {
    if (fits(word)) add(word);
    else for (const letter of word.match(LETTER) ?? []) add(letter);
  }
  return [...parts, part];
}

/** A letter with all that belongs to it. */
const LETTER = /.(?:\p{M}|\u200C|\u200D)*/gsu;
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Stays on the line of what it closes. */
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々]/u;

/** Lines may break after a space, and before and behind an ideograph. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const letter of text.match(LETTER) ?? []) {
    const before = words.at(-1) ?? '';
    const isNear = IDEOGRAPH.test(letter) || IDEOGRAPH.test(before.slice(-1));
    const mayBreak = before.endsWith(' ') || (isNear && !CLOSING.test(letter) && letter !== ' ');
    if (before === '' || mayBreak) words.push(letter);
    else words[words.length - 1] = before + letter;
  }
  return words;
}

/** What holds for all lines of a text. */
interface Setting {
  direction: 'ltr' | 'rtl';
  find: FindSlice;
}

function settingOf(text: string): Setting {
  const [paragraph] = bidi.getEmbeddingLevels(text).paragraphs;
  const isRightToLeft = (paragraph?.level ?? 0) % 2 === 1;
  return { direction: isRightToLeft ? 'rtl' : 'ltr', find: fontsFor(text) };
}

/** Letters that a font turns by itself. */
const TURNED = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

interface Run extends Piece {
  level: number;
  /** Where it begins, in UTF-16 units. */
  start: number;
}

/** From left to right, by the Unicode Bidirectional Algorithm. */
function inReadingOrder(text: string, { direction, find }: Setting): Piece[] {
  const embedding = bidi.getEmbeddingLevels(text, direction);
  const runs = runsOf(text, embedding.levels, find);
  const places = new Map<number, number>();
  for (const [place, index] of bidi.getReorderedIndices(text, embedding).entries())
    places.set(index, place);
  const mirrored = bidi.getMirroredCharactersMap(text, embedding.levels);
  const placeOf = ({ start, text: { length } }: Run): number =>
    Math.min(places.get(start) ?? 0, places.get(start + length - 1) ?? 0);
  return runs
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((run) => {
      if (run.level % 2 === 0 || TURNED.test(run.text)) return run;
      const characters = Array.from(run.text, (one, i) => mirrored.get(run.start + i) ?? one);
      return { ...run, text: characters.reverse().join('') };
    });
}

/** Neighbours of one font and one direction. */
function runsOf(text: string, levels: Uint8Array, find: FindSlice): Run[] {
  const runs: Run[] = [];
  const slices = slicesFor(text, find);
  let at = 0;
  for (const [i, character] of Array.from(text).entries()) {
    const slice = slices[i];
    const level = levels[at] ?? 0;
    const last = runs.at(-1);
    if (slice && last?.slice === slice && last.level === level) last.text += character;
    else if (slice) runs.push({ text: character, slice, level, start: at });
    at += character.length;
  }
  return runs;
}

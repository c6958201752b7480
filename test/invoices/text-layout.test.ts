/** How a text of any script is set in lines. */
import assert from 'node:assert/strict';
import { layoutText, type Piece, piecesOf, printableText } from '../../src/invoices/text-layout.ts';

const textsOf = (pieces: Piece[]): string[] => pieces.map(({ text }) => text);
/** Each letter one point wide. */
const measure = ({ text }: Piece): number => Array.from(text).length;
const linesOf = (text: string, width: number, maxLines = 99): string[] =>
  layoutText(text, { width, maxLines }, measure).map(({ pieces }) => textsOf(pieces).join(''));

describe('a text that is printed', () => {
  it('is composed, on one line, and without controls', () => {
    assert.equal(printableText('Z\u0301ycie\n\t jest\u202E \u0000piekne '), 'Źycie jest piekne');
  });

  it('has a question mark where no font has the letter', () => {
    assert.equal(printableText('a 😀 b'), 'a ? b');
  });

  it('keeps what joins and parts the letters of a script', () => {
    assert.equal(printableText('ක්\u200Dර'), 'ක්\u200Dර');
  });
});

describe('the font of a letter', () => {
  const familyOf = (text: string): string[] =>
    piecesOf(text).map(({ slice }) => slice.file.split('/')[0] ?? '');

  it('is of its script', () => {
    assert.deepEqual(familyOf('हिन्दी'), ['noto-sans']);
    assert.deepEqual(familyOf('தமிழ்'), ['noto-sans-tamil']);
  });

  it('is Japanese, Korean or Chinese for an ideograph, by what stands beside it', () => {
    assert.ok(familyOf('東京の本').every((family) => family === 'noto-sans-jp'));
    assert.ok(familyOf('漢字 서울').includes('noto-sans-kr'));
    assert.ok(familyOf('发票').every((family) => family === 'noto-sans-sc'));
  });

  it('is the same in every line of a text', () => {
    const lines = layoutText('東京 東京 の', { width: 2, maxLines: 9 }, measure);
    const files = lines.map(({ pieces }) => pieces[0]?.slice.file.split('/')[0]);
    assert.deepEqual(files, ['noto-sans-jp', 'noto-sans-jp', 'noto-sans-jp']);
  });
});

describe('a line', () => {
  it('breaks after a space', () => {
    assert.deepEqual(linesOf('one two three', 7), ['one two', 'three']);
  });

  it('breaks between ideographs, and not before what closes a sentence', () => {
    assert.deepEqual(linesOf('发票两张。门票', 4), ['发票两', '张。门票']);
  });

  it('breaks a word that is longer than a line, and no mark from its letter', () => {
    assert.deepEqual(linesOf('abcdefgh', 3), ['abc', 'def', 'gh']);
    for (const line of linesOf('ที่ที่ที่ที่', 5)) assert.match(line, /^ที่/);
  });

  it('ends with an ellipsis where there is no room for more', () => {
    assert.deepEqual(linesOf('one two three', 7, 1), ['one tw…']);
  });
});

describe('a text from right to left', () => {
  it('has its words in the order in which they are read, and numbers as they are', () => {
    const pieces = textsOf(piecesOf('מחיר 12 שקל'));
    assert.deepEqual(
      pieces.filter((piece) => piece !== ' '),
      ['שקל', '12', 'מחיר'],
    );
  });

  it('has its brackets turned', () => {
    assert.equal(textsOf(piecesOf('א (ב)')).join(''), '(ב) א');
  });

  it('within one from left to right keeps that one in order', () => {
    assert.deepEqual(textsOf(piecesOf('Book ספר by Ada')), ['Book ', 'ספר', ' by Ada']);
  });
});

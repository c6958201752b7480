/** The part of subset-font that is used here; it has no types of its own. */
declare module 'subset-font' {
  export default function subsetFont(
    font: Buffer,
    text: string | undefined,
    options: {
      targetFormat: 'truetype';
      variationAxes: Record<string, number>;
      keepAllGlyphs: true;
    },
  ): Promise<Buffer>;
}

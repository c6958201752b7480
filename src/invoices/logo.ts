/** Whether a picture can be printed on papers that have the same bytes for ever. */

const MAX_BYTES = 200 * 1024;
const PNG = '89504e470d0a1a0a';
const JPEG = 'ffd8ff';
/** Of a PNG: where its header says how it is made. */
const COLOR_TYPE_AT = 25;
const INTERLACE_AT = 28;
const WITH_ALPHA = [4, 6];

/**
 * PDF has no transparency within a picture, and no interlacing: such a PNG is packed anew when it is drawn, by the zlib
 * of the present Node, and another one makes other bytes.
 *
 * @returns what is wrong with it and what to do; null where nothing is
 */
export function unfitLogo(content: Buffer): string | null {
  if (content.length > MAX_BYTES)
    return `has ${Math.ceil(content.length / 1024)} KiB: save it with at most 200 KiB`;
  const head = content.subarray(0, 8).toString('hex');
  if (head.startsWith(JPEG)) return null;
  if (head !== PNG) return 'is no PNG and no JPEG: save it as one';
  const isTransparent =
    WITH_ALPHA.includes(content[COLOR_TYPE_AT] ?? 0) || content.includes('tRNS', 0, 'latin1');
  if (isTransparent) return 'is a PNG with transparency: save it on a white background';
  return content[INTERLACE_AT] === 0 ? null : 'is an interlaced PNG: save it without interlacing';
}

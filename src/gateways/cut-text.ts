/** Cuts a text to what a gateway takes: its first characters, the last of them an ellipsis. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let cut = '';
  // By code point, so that no half of a pair is left over.
  for (const character of text) {
    if (cut.length + character.length > maxLength - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** A status or a kind that a gateway writes and that is not known here, for operators. */

/** Of what a gateway writes, only a word of its own is repeated. */
export function named(word: string): string {
  return /^\w{1,64}$/.test(word) ? `"${word}"` : 'that is no word';
}

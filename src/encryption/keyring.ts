/**
 * Keeps bytes secret at rest: AES-256-GCM under named keys. The first key seals, all of them open, so that
 * keys can be replaced while old data is still there. Nothing here logs what it seals.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PayloadKey } from '../config/formats.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Tells sealed bytes from plain ones, and this layout from later ones. */
const MAGIC = Buffer.from('POE1');

export interface Keyring {
  /** The id of the key that seals. */
  sealingKeyId: string;
  seal(plain: Uint8Array): Buffer;
  /**
   * @throws UnknownKeyError when none of the keys has the id that sealed the bytes: configure it.
   * @throws TamperedError when the bytes were changed, or never were sealed.
   */
  open(sealed: Uint8Array): Buffer;
}

/** Passes once the key is configured again. */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';
}

/** Never passes. */
export class TamperedError extends Error {
  override readonly name = 'TamperedError';
}

/** @param keys at least one; the first seals */
export function createKeyring([sealing, ...others]: readonly [
  PayloadKey,
  ...PayloadKey[],
]): Keyring {
  const keys = new Map([sealing, ...others].map(({ id, key }) => [id, key]));
  return {
    sealingKeyId: sealing.id,
    seal: (plain) => seal(sealing, plain),
    open: (sealed) => open(keys, Buffer.from(sealed)),
  };
}

export function isSealed(bytes: Uint8Array): boolean {
  return MAGIC.equals(bytes.subarray(0, MAGIC.length));
}

/** Layout: magic, length of the key's id, the id, initialisation vector, tag, ciphertext. */
function seal({ id, key }: PayloadKey, plain: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  cipher.setAAD(authenticated(id));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  const name = Buffer.from(id);
  return Buffer.concat([MAGIC, Buffer.of(name.length), name, iv, cipher.getAuthTag(), ciphertext]);
}

function open(keys: ReadonlyMap<string, Buffer>, sealed: Buffer): Buffer {
  if (!isSealed(sealed)) throw new TamperedError('the bytes are not sealed');
  const nameStart = MAGIC.length + 1;
  const nameEnd = nameStart + (sealed[MAGIC.length] ?? 0);
  const id = sealed.toString('utf8', nameStart, nameEnd);
  const key = keys.get(id);
  if (key === undefined)
    throw new UnknownKeyError(`no key "${id}" to open with: add it to PAYLOAD_KEYS`);
  const tagStart = nameEnd + IV_BYTES;
  const textStart = tagStart + TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(nameEnd, tagStart));
    decipher.setAAD(authenticated(id));
    decipher.setAuthTag(sealed.subarray(tagStart, textStart));
    return Buffer.concat([decipher.update(sealed.subarray(textStart)), decipher.final()]);
  } catch {
    throw new TamperedError(`the bytes sealed with key "${id}" have been changed`);
  }
}

/** The key's name is bound to the ciphertext: it cannot be passed off as another key's. */
function authenticated(keyId: string): Buffer {
  return Buffer.from(`v1|${keyId}`);
}

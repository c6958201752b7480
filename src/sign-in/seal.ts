/**
 * What a browser keeps for us: sealed by AES-256-GCM, so that it can neither be read nor made up, and good for a while
 * alone. Nothing of it is kept here, so that every API of an installation opens it.
 */
import { hkdfSync } from 'node:crypto';
import { EncryptJWT, errors, type JWTPayload, jwtDecrypt } from 'jose';

const ALGORITHMS = { alg: 'dir', enc: 'A256GCM' } as const;
const KEY_BYTES = 32;

export interface Seal {
  /** @param until when it ends, as milliseconds since 1970 */
  close(content: JWTPayload, until: number): Promise<string>;
  /** Null for what was not sealed with one of the secrets for this purpose, or has ended. */
  open(sealed: string): Promise<JWTPayload | null>;
}

/**
 * @param purpose what is sealed for one opens for no other
 * @param secrets newest first: the first one seals, all of them open
 */
export function createSeal(purpose: string, secrets: readonly string[]): Seal {
  const keys = secrets.map(
    (secret) => new Uint8Array(hkdfSync('sha256', secret, '', `payonce ${purpose}`, KEY_BYTES)),
  );
  const [newest] = keys;
  if (newest === undefined) throw new Error('nothing to seal with');
  return {
    close: (content, until) =>
      new EncryptJWT(content)
        .setProtectedHeader(ALGORITHMS)
        .setExpirationTime(new Date(until))
        .encrypt(newest),
    open: async (sealed) => {
      for (const key of keys) {
        const opened = await openWith(key, sealed);
        if (opened !== null) return opened;
      }
      return null;
    },
  };
}

async function openWith(key: Uint8Array, sealed: string): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtDecrypt(sealed, key, {
      keyManagementAlgorithms: [ALGORITHMS.alg],
      contentEncryptionAlgorithms: [ALGORITHMS.enc],
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

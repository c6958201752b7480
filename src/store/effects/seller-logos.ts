/** The pictures that papers were issued with: kept once each, as a paper names its own by what is in it. */
import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Seller } from '../../domain/details.ts';
import type { Database } from '../database.ts';
import { sellerLogos } from '../schema/effects.ts';

export function logoId(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Answers by what papers name it. */
export async function keepLogo({ db }: Database, content: Buffer): Promise<string> {
  const sha256 = logoId(content);
  await db.insert(sellerLogos).values({ sha256, content }).onConflictDoNothing();
  return sha256;
}

/** The picture of a paper; null where it has none. */
export async function readLogo(
  { db }: Database,
  { seller }: { seller: Seller | null },
): Promise<Buffer | null> {
  if (seller?.logo === undefined) return null;
  const [found] = await db
    .select({ content: sellerLogos.content })
    .from(sellerLogos)
    .where(eq(sellerLogos.sha256, seller.logo));
  // Without it the paper would have other bytes than the one that the customer has.
  if (found === undefined) throw new Error(`the picture ${seller.logo} of a paper is gone`);
  return found.content;
}

/** The marks that payments at a gateway carry: of the installation under test, of another one, or none. */
import pg from 'pg';
import type { Maker, Place } from '../../src/gateway-test/actor.ts';

const ANOTHER = `ins_${'0'.repeat(32)}`;

/** The metadata, or notes, by which a payment of that maker is known. */
export async function markOf(
  { installationId }: Pick<Place, 'installationId'>,
  maker: Maker,
): Promise<Record<string, string>> {
  switch (maker) {
    case 'this installation':
      return { installation: await installationId() };
    case 'another installation':
      return { installation: ANOTHER };
    case 'other software':
      return {};
  }
}

/** The id that the database keeps. */
export async function installationOf(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('select id from installation');
    return rows[0]?.id ?? '';
  } finally {
    await client.end();
  }
}

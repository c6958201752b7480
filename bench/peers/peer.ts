/** What the sides under `peers/` have in common beside their HTTP edge. */
import pg from 'pg';
import { callOverHttp } from '../http-side.ts';
import type { RunningSide, Side, SideOptions } from '../side.ts';
import { EFFECT_ROWS } from './effects.ts';

export interface RunningPeer extends RunningSide {
  /** Of the edge. */
  url: string;
}

export interface Peer extends Side {
  start(options: SideOptions): Promise<RunningPeer>;
}

/** The calls and the effects of a peer, once it runs. */
export function callPeer(port: number, { webhookSecret }: SideOptions) {
  const url = `http://127.0.0.1:${port}`;
  return { url, effectRows: EFFECT_ROWS, ...callOverHttp(url, webhookSecret) };
}

/** What the processes of every peer are told. */
export function settingsOf({ databaseUrl, gatewayUrl, webhookSecret }: SideOptions) {
  return { DATABASE_URL: databaseUrl, GATEWAY_URL: gatewayUrl, WEBHOOK_SECRET: webhookSecret };
}

/** Lays the tables into the empty database of a peer. */
export async function createTables(databaseUrl: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

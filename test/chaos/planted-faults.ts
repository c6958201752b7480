/** Ways to spoil evidence: in its files, in the gateway's answers, in the database until it is taken back. */

import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { CrmLine, Delivery, Evidence, Operation } from '../../chaos/evidence.ts';
import { type GatewayTruth, readGatewayTruth } from '../../chaos/invariants/gateway-truth.ts';
import { readJsonLines } from '../../chaos/json-lines.ts';

interface Lines {
  operationsFile: Operation;
  deliveriesFile: Delivery;
  crmFile: CrmLine;
}

/** Beside the evidence, and gone with it. */
export const newFolder = ({ operationsFile }: Evidence) =>
  mkdtemp(path.join(path.dirname(operationsFile), 'spoiled-'));

/** The evidence, with another log in place of one of its own. */
export async function withLines<Name extends keyof Lines>(
  evidence: Evidence,
  name: Name,
  spoil: (lines: Lines[Name][]) => Lines[Name][],
): Promise<Evidence> {
  const lines = spoil(await readJsonLines<Lines[Name]>(evidence[name]));
  const file = path.join(await newFolder(evidence), 'lines.jsonl');
  await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  return { ...evidence, [name]: file };
}

/** The evidence, with one history changed as text. */
export async function withHistory(
  evidence: Evidence,
  orderId: string,
  spoil: (text: string) => string,
): Promise<Evidence> {
  const historiesFolder = await newFolder(evidence);
  const filter = (source: string) =>
    source === evidence.historiesFolder || path.basename(source).startsWith(`${orderId}.`);
  await cp(evidence.historiesFolder, historiesFolder, { recursive: true, filter });
  for (const file of await readdir(historiesFolder)) {
    const text = await readFile(path.join(historiesFolder, file), 'utf8');
    await writeFile(path.join(historiesFolder, file), spoil(text));
  }
  return { ...evidence, historiesFolder };
}

/** The evidence with a gateway that tells something else; `close` ends it. */
export async function withGateway(
  evidence: Evidence,
  spoil: (truth: GatewayTruth) => void,
): Promise<{ evidence: Evidence; close(): void }> {
  const truth = await readGatewayTruth(evidence.sandboxUrl);
  spoil(truth);
  const server = createServer(({ url }, response) => {
    const { payments, webhooks } = truth;
    response.end(JSON.stringify(url === '/payments' ? { payments } : { webhooks }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    evidence: { ...evidence, sandboxUrl: `http://127.0.0.1:${port}` },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * The codec server's own settings. What it decodes leaves it as plain text, so it listens on loopback
 * alone, wherever it runs.
 */
import { z } from 'zod';
import { isLoopback } from '../http/local-callers.ts';
import { ConfigError, type Environment, type PayloadKey } from './config.ts';
import * as format from './formats.ts';
import { redacting } from './redaction.ts';
import { readSecretFiles } from './secret-files.ts';

/** Settings of a codec server; `uiOrigin` is the only web page that may ask it. */
export type CodecServerConfig = {
  host: string;
  port: number;
  uiOrigin: string;
  token: string;
  payloadKeys: PayloadKey[];
};

/** As long as an API key: it opens every order. */
const MIN_TOKEN_LENGTH = 32;

const variables = z.object({
  CODEC_SERVER_HOST: z
    .string()
    .default('127.0.0.1')
    .refine(
      isLoopback,
      'must be a loopback address: what is decoded may not cross a network; forward a port to it instead',
    ),
  CODEC_SERVER_PORT: format.port.prefault('8234'),
  CODEC_SERVER_UI_ORIGIN: format.httpUrl
    .refine(
      (url) => new URL(url).origin === url,
      'must be an origin, such as http://127.0.0.1:8233',
    )
    .prefault('http://127.0.0.1:8233'),
  CODEC_SERVER_TOKEN: z
    .string('is missing: set it to a random text, as by openssl rand -base64 32')
    .min(MIN_TOKEN_LENGTH, `must have at least ${MIN_TOKEN_LENGTH} characters`),
  PAYLOAD_KEYS: z
    .string('is missing: set it to the keys that the workers have')
    .pipe(format.payloadKeys),
});

/** @throws ConfigError with one line per problem. */
export function loadCodecServerConfig(env: Environment): CodecServerConfig {
  const { env: read, unread } = readSecretFiles(env);
  const own = unread.filter(({ name }) => name in variables.shape);
  if (own.length > 0) throw new ConfigError(own.map(({ problem }) => problem));
  const given = Object.fromEntries(Object.entries(read).filter(([, value]) => value?.trim()));
  const { data, error } = variables.safeParse(given);
  if (data === undefined)
    throw new ConfigError(
      (error?.issues ?? []).map(({ path: [name], message }) => `${String(name)} ${message}`),
    );
  return redacting({
    host: data.CODEC_SERVER_HOST,
    port: data.CODEC_SERVER_PORT,
    uiOrigin: data.CODEC_SERVER_UI_ORIGIN,
    token: data.CODEC_SERVER_TOKEN,
    payloadKeys: data.PAYLOAD_KEYS,
  });
}

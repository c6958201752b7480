/**
 * The codec server's own settings. What it decodes leaves it as plain text, so it listens on loopback
 * alone, wherever it runs.
 */
import { redacting } from './redaction.ts';
import { type Environment, readSettings } from './settings.ts';

/** Settings of a codec server; `uiOrigin` is the only web page that may ask it. */
export type CodecServerConfig = ReturnType<typeof loadCodecServerConfig>;

/** @throws ConfigError with one line per problem. */
export function loadCodecServerConfig(env: Environment) {
  const settings = readSettings(env, 'codec server');
  const config = {
    host: settings.CODEC_SERVER_HOST,
    port: settings.CODEC_SERVER_PORT,
    uiOrigin: settings.CODEC_SERVER_UI_ORIGIN,
    token: settings.CODEC_SERVER_TOKEN,
    payloadKeys: settings.PAYLOAD_KEYS,
  };
  return redacting(config, settings);
}

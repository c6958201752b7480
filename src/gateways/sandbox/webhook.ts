/**
 * Webhooks of the sandbox gateway: signed as Standard Webhooks 1.0 over the raw bytes. The signature is
 * checked before a single byte is parsed.
 */
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { type EventMessage, type WebhookHeaders, WebhookRejection } from '../gateway.ts';
import { messageOf } from './events.ts';

/** Standard Webhooks' own tolerance, in either direction. */
const TOLERANCE_S = 300;

export function readSandboxWebhook(
  secrets: string[],
  rawBody: Buffer,
  headers: WebhookHeaders,
): EventMessage {
  const eventId = checkSignature(secrets, rawBody, headers);
  return messageOf(eventId, parseJson(rawBody));
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return null;
  }
}

/** @returns the signed event id */
function checkSignature(secrets: string[], rawBody: Buffer, headers: WebhookHeaders): string {
  const eventId = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signature = headers['webhook-signature'];
  if (!eventId || !timestamp || !signature)
    throw new WebhookRejection(
      'signature_missing',
      'Send webhook-id, webhook-timestamp and webhook-signature.',
    );
  if (
    !/^\d{1,12}$/.test(timestamp) ||
    !/^v1,[A-Za-z0-9+/=]+( v1,[A-Za-z0-9+/=]+)*$/.test(signature)
  )
    throw new WebhookRejection(
      'signature_malformed',
      'webhook-timestamp is Unix seconds and webhook-signature is "v1,<base64>".',
    );
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S)
    throw new WebhookRejection(
      'timestamp_out_of_tolerance',
      `webhook-timestamp is more than ${TOLERANCE_S} s away from this clock.`,
    );
  const signed = {
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  };
  // Every secret is tried, whatever the first one says, so that timing tells nothing about rotation.
  const verdicts = secrets.map((secret) => isSignedWith(secret, rawBody, signed));
  if (!verdicts.includes(true))
    throw new WebhookRejection('signature_invalid', 'The signature matches no active secret.');
  return eventId;
}

function isSignedWith(secret: string, rawBody: Buffer, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(rawBody, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

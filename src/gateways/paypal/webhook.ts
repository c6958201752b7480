/**
 * Webhooks of PayPal. Nothing is parsed before its signature was found good, by the certificate that the request names
 * and PayPal's host gives: the alternative, PayPal's verify call, would need PayPal to be up for each event, and the
 * same event written again byte by byte.
 */
import { createHash, verify, type X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type EventMessage, type WebhookHeaders, WebhookRejection } from '../gateway.ts';
import type { Certificates } from './certificates.ts';
import { readEvent } from './events.ts';
import { jsonOf } from './http.ts';

/** The only algorithm that PayPal documents. */
const ALGORITHM = 'SHA256withRSA';
const BASE64 = /^[A-Za-z0-9+/]{40,1368}={0,2}$/;
const TOKEN = /^[\x21-\x7b\x7d\x7e]{1,255}$/;

export interface WebhookSettings {
  certificates: Certificates;
  /** One or two, newest first. */
  webhookIds: readonly string[];
  merchantId: string | undefined;
}

interface Signed {
  transmissionId: string;
  time: string;
  signature: string;
  certificateUrl: string;
}

/** @throws WebhookRejection, GatewayOutcomeUnknown */
export async function prepareWebhook(
  certificates: Certificates,
  headers: WebhookHeaders,
): Promise<void> {
  await certificates.fetch(signedBy(headers).certificateUrl);
}

export function readPayPalWebhook(
  { certificates, webhookIds, merchantId }: WebhookSettings,
  rawBody: Buffer,
  headers: WebhookHeaders,
): EventMessage {
  const signed = signedBy(headers);
  const certificate = certificates.find(signed.certificateUrl);
  if (certificate === null)
    throw new WebhookRejection(
      'signature_invalid',
      'paypal-cert-url has no certificate that is in force.',
    );
  // Every id is tried, whatever the first one says, so that timing tells nothing about rotation.
  const verdicts = webhookIds.map((id) => isSigned(certificate, signed, id, rawBody));
  if (!verdicts.includes(true))
    throw new WebhookRejection(
      'signature_invalid',
      'The signature is of no configured webhook id, or of another body.',
    );
  // Whatever body has the CRC of a genuine one is signed: an id in it may be anybody's, and its hash is its own.
  const eventId = createHash('sha256').update(rawBody).digest('hex');
  return { eventId, ...readEvent(jsonOf(rawBody.toString('utf8')), merchantId) };
}

function signedBy(headers: WebhookHeaders): Signed {
  const {
    'paypal-transmission-id': transmissionId,
    'paypal-transmission-time': time,
    'paypal-transmission-sig': signature,
    'paypal-cert-url': certificateUrl,
    'paypal-auth-algo': algorithm,
  } = headers;
  if (!transmissionId || !time || !signature || !certificateUrl || !algorithm)
    throw new WebhookRejection(
      'signature_missing',
      'Send paypal-transmission-id, -time and -sig, paypal-cert-url and paypal-auth-algo.',
    );
  const isForm =
    algorithm === ALGORITHM &&
    BASE64.test(signature) &&
    TOKEN.test(transmissionId) &&
    TOKEN.test(time);
  if (!isForm)
    throw new WebhookRejection(
      'signature_malformed',
      `paypal-transmission-sig is base64 of ${ALGORITHM}, over an id and a time without spaces.`,
    );
  return { transmissionId, time, signature, certificateUrl };
}

function isSigned(
  { publicKey }: X509Certificate,
  { transmissionId, time, signature }: Signed,
  webhookId: string,
  rawBody: Buffer,
): boolean {
  const message = `${transmissionId}|${time}|${webhookId}|${crc32(rawBody)}`;
  const isRsa = publicKey.asymmetricKeyType === 'rsa';
  return (
    isRsa && verify('sha256', Buffer.from(message), publicKey, Buffer.from(signature, 'base64'))
  );
}

/**
 * The payload converter of client, worker and workflow. A payload that cannot be decoded becomes a
 * marked value: thrown while a signal is delivered, the error would be retried for ever and no later
 * signal would get through.
 */
import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { UNDECODABLE } from '../../encryption/undecodable.ts';

class TolerantPayloadConverter implements PayloadConverter {
  toPayload<T>(value: T): Payload {
    return defaultPayloadConverter.toPayload(value);
  }

  fromPayload<T>(payload: Payload): T {
    try {
      return defaultPayloadConverter.fromPayload(payload);
    } catch {
      return { [UNDECODABLE]: true } as T;
    }
  }
}

export const payloadConverter = new TolerantPayloadConverter();

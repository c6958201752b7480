/** What the system that lets customers in was told about grants and revocations. */
import { type MessageLog, messageLog } from './message-log.ts';
import { accessUpdates as table } from './schema/effects.ts';

export const accessUpdates: MessageLog = messageLog(table);

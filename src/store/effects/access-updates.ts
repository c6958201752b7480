/** What the system that lets customers in was told about grants and revocations. */

import { accessUpdates as table } from '../schema/effects.ts';
import { type MessageLog, messageLog } from './message-log.ts';

export const accessUpdates: MessageLog = messageLog(table);

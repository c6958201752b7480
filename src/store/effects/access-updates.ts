/** Messages to the access system about grants and revocations. */

import { accessUpdates as table } from '../schema/effects.ts';
import { type MessageLog, messageLog } from './message-log.ts';

export const accessUpdates: MessageLog = messageLog(table);

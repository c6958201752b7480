/** Messages to the CRM about orders: the local log, which is the whole record where there is no CRM. */

import { crmUpdates as table } from '../schema/effects.ts';
import { type MessageLog, messageLog } from './message-log.ts';

export const crmUpdates: MessageLog = messageLog(table);

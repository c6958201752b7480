/** What the CRM was told about orders: the local log, which is the whole record where there is no CRM. */
import { type MessageLog, messageLog } from './message-log.ts';
import { crmUpdates as table } from './schema/effects.ts';

export const crmUpdates: MessageLog = messageLog(table);

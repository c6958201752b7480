/** Imports a gateway's report and holds it against the books. */
import { z } from 'zod';
import { FORMAT_IDS } from '../../settlements/formats/index.ts';
import { ReportError } from '../../settlements/line.ts';
import { readReport } from '../../settlements/read-report.ts';
import { countOpen } from '../../store/settlements/differences.ts';
import { importReport } from '../../store/settlements/import-report.ts';
import { visibleId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { Problem } from '../problems/problem.ts';
import { importSchema, representImport } from './settlement-schemas.ts';
import { syncOrders } from './sync-orders.ts';

const importedSchema = z.object({
  isNew: z.boolean().meta({ description: 'False where the same file was imported before.' }),
  import: importSchema,
  openDifferences: z.int().meta({ description: 'Of this gateway, in all of its reports.' }),
  syncedOrders: z.int().meta({ description: 'How many orders were asked to sync.' }),
});

export const importSettlement = defineRoute({
  operationId: 'importSettlement',
  method: 'post',
  path: '/v1/settlements',
  scope: 'ops',
  summary:
    'Import a gateway’s settlement report, whole or not at all, and find what does not agree',
  query: z.strictObject({
    format: z
      .enum(FORMAT_IDS as [string, ...string[]], `must be one of ${FORMAT_IDS.join(', ')}`)
      .optional()
      .meta({ description: 'Found by the header where absent.' }),
    zone: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/, 'must be an IANA time zone such as Europe/Berlin')
      .optional()
      .meta({ description: 'The zone that the report was run in.' }),
    account: visibleId
      .optional()
      .meta({ description: 'The gateway’s account, where there are several.' }),
    acceptUnknown: z
      .enum(['true', 'false'], 'must be true or false')
      .optional()
      .meta({ description: 'Take a file of whose payments not one is known here.' }),
  }),
  upload: ['text/csv', 'application/json', 'application/octet-stream'],
  answers: {
    200: { description: 'The same file was imported before.', schema: importedSchema },
    201: { description: 'Imported and judged.', schema: importedSchema },
  },
  problems: ['settlement_report_invalid', 'query_invalid'],
  async run({ query, upload, caller, waitMs }, dependencies) {
    const { database, books } = dependencies;
    const { format, zone, account = '', acceptUnknown } = query;
    const { isNew, report } = await importReport(database, {
      account,
      acceptUnknown: acceptUnknown === 'true',
      importedBy: caller.actor,
      terms: books.terms,
      read: (sink) => readReport(upload, { format, zone }, sink),
    }).catch((error: unknown) => {
      throw error instanceof ReportError ? invalid(error) : error;
    });
    const syncedOrders = await syncOrders(dependencies, report.gateway, { waitMs, caller });
    const openDifferences = await countOpen(database, report.gateway);
    return {
      status: isNew ? 201 : 200,
      body: { isNew, import: representImport(report), openDifferences, syncedOrders },
    };
  },
});

/** The place as a pointer too, so that programs need not read the text. */
function invalid(error: ReportError): Problem {
  const { line, column, reason, message } = error;
  const place = [...(line === null ? [] : [line]), ...(column === null ? [] : [column])];
  const pointer = place.map((step) => `/${step}`).join('');
  return new Problem('settlement_report_invalid', {
    detail: `${message}. Nothing of the file was imported.`,
    errors: [{ pointer, message: reason }],
    cause: error,
  });
}

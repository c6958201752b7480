/** What a customer may use. */
import { z } from 'zod';
import { type Entitlement, listEntitlements } from '../../store/effects/entitlements.ts';
import { customerId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';

export const entitlementSchema = z.object({
  orderId: z.string(),
  grantedAt: z.iso.datetime().meta({ description: 'Since when the customer may use it.' }),
  revokedAt: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'When that ended; null while it has not.' }),
});

export function representEntitlement({
  orderId,
  grantedAt,
  revokedAt,
}: Entitlement): z.infer<typeof entitlementSchema> {
  return {
    orderId,
    grantedAt: grantedAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}

export const getEntitlements = defineRoute({
  operationId: 'listEntitlements',
  method: 'get',
  path: '/v1/customers/{id}/entitlements',
  scope: 'client',
  summary: 'List what a customer was granted, oldest first',
  params: z.strictObject({ id: customerId }),
  answers: {
    200: {
      description: 'Every grant, and when it ended.',
      schema: z.object({
        entitlements: z
          .array(entitlementSchema)
          .meta({ description: 'One for each time that access was granted.' }),
      }),
    },
  },
  problems: [],
  async run({ params }, { database }) {
    const granted = await listEntitlements(database, params.id);
    return { status: 200, body: { entitlements: granted.map(representEntitlement) } };
  },
});

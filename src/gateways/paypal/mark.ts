/**
 * Whose payment it is: `custom_id` of a PayPal order, which its authorizations and captures repeat. At most 64 characters
 * of order id, 36 of installation id and a word more fit into its 127.
 */

/** How an order was ended that PayPal itself keeps open: it has no call to cancel one. */
export type Ending = 'voided' | 'declined';

export interface Mark {
  orderId: string | null;
  installationId: string | null;
  ending: Ending | null;
}

const NONE: Mark = { orderId: null, installationId: null, ending: null };
/** Neither ids of orders nor of installations have a point. */
const FORM = /^([A-Za-z0-9_-]{1,64})(?:\.(ins_\w{1,64}))?(?:\.(voided|declined))?$/;

export function markText({ orderId, installationId, ending }: Mark): string {
  return [orderId, installationId, ending].filter((part) => part !== null).join('.');
}

/** What other software writes there names nothing of ours, unless it has the form of an order's id. */
export function markOf(customId: string | null | undefined): Mark {
  const [, orderId, installationId, ending] = FORM.exec(customId ?? '') ?? [];
  if (orderId === undefined) return NONE;
  return {
    orderId,
    installationId: installationId ?? null,
    ending: (ending as Ending | undefined) ?? null,
  };
}

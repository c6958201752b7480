/**
 * What a field is, by its name, where several schemas have it and mean the same by it. A name that means something
 * else in one schema, or is found in one alone, is described there by `.meta({ description })`.
 */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  // What a schema uses otherwise than the others, as `Schema.field`.
  'Address.state': 'State, province or region.',
  access: 'Whether the customer has what was paid for.',
  address: 'A postal address.',
  city: 'City, town or village.',
  country: 'Two letters of ISO 3166-1.',
  createdAt: 'When it was created.',
  currency: 'ISO 4217.',
  cursor: 'The `nextCursor` of the page before; absent for the first page.',
  customerId: "The customer's id, as the shop has it.",
  decidedAt: 'When it was decided; null while it is not.',
  decision: 'What was decided.',
  description: 'What is bought, in words for the customer; the invoice prints it.',
  email: "The customer's e-mail address.",
  events: 'The events of this page.',
  expiresAt: 'Until when it can be paid; an order that nobody pays fails then.',
  gateway: 'The name of the gateway, such as `sandbox`.',
  line1: 'Street and number, or a post-office box.',
  line2: 'Flat, floor or building.',
  metadata: "The shop's own references, as it sent them; nothing reads them.",
  method: 'By which way the money went.',
  months: 'One row for each month and gateway.',
  name: 'The name of a person or a company.',
  nextCursor: 'Where the next page begins; null on the last one.',
  nextTryAt: 'When it is tried again by itself; null where it is not, or while a try is under way.',
  note: 'Why, in the words of who decided.',
  order: 'The order as it is now.',
  orderId: "The order's id; null where none is known.",
  parts: 'One refund for each payment that gives money back.',
  paymentId: "The payment's id at the gateway; null where there is none.",
  phone: 'A phone number.',
  postalCode: 'Postal code, where the country has them.',
  receivedAt: 'When it was received first.',
  reference: "The money's own name, such as the number of a transfer or of a cheque.",
  refundId: "The refund's id at the gateway.",
  shipping: 'Where the goods go.',
  syncedOrders: 'How many orders were asked to sync.',
  updatedAt: 'When it was last changed.',
  // An order's `customer` is the whole of it; the query parameter of that name is described where it is.
  customer: 'Who buys.',
  import: 'The imported report.',
};

/** The parts of an OpenAPI document that are described. */
interface Described {
  description?: string;
  name?: string;
  schema?: Described;
  properties?: Record<string, Described>;
}

interface Operation extends Described {
  operationId?: string;
  parameters?: Described[];
}

interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Described> };
}

/**
 * Gives every field and parameter without a description the one of its name. A field whose name is not there stays
 * without.
 */
export function describeFields(document: object): void {
  for (const { schema, name, field } of fieldsOf(document)) {
    const description = DESCRIPTIONS[`${schema}.${name}`] ?? DESCRIPTIONS[name];
    if (!isDescribed(field) && description !== undefined) field.description = description;
  }
}

export interface DescribedField {
  /** The component that has it, or the operation. */
  schema: string;
  name: string;
  field: Described;
}

/** Every field of every schema and every parameter, at whatever depth. */
export function fieldsOf(document: object): DescribedField[] {
  const { paths = {}, components }: Document = document;
  const schemas = Object.entries(components?.schemas ?? {});
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  return [
    ...schemas.flatMap(([name, schema]) => propertiesOf(name, schema)),
    ...operations.flatMap((operation) => {
      const { operationId = '', parameters = [] } = operation;
      return [
        ...parameters.map((field) => ({ schema: operationId, name: field.name ?? '', field })),
        ...propertiesOf(operationId, operation),
      ];
    }),
  ];
}

/** Every property of every schema inside, at whatever depth. */
function propertiesOf(schema: string, node: Described): DescribedField[] {
  const { properties } = node;
  const own = Object.entries(properties ?? {}).map(([name, field]) => ({ schema, name, field }));
  return [
    ...own,
    ...Object.values<unknown>({ ...node }).flatMap((inner) =>
      isObject(inner) ? propertiesOf(schema, inner) : [],
    ),
  ];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function isDescribed({ description, schema }: Described): boolean {
  return (description ?? schema?.description) !== undefined;
}

/**
 * What a log may tell of an error: the kind of it and of its causes, and where it arose. The message only
 * where it is a sentence of ours, as others' messages repeat parameters, bodies and addresses.
 */

export interface Fault {
  fault: string;
  fault_at?: string;
  fault_detail?: string;
}

/** Errors of ours whose messages are made of fixed words, ids and codes. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  'ConfigError',
  'DeliveryOutcomeUnknown',
  'GatewayOutcomeUnknown',
  'OrchestratorUnavailable',
  'TamperedError',
  'UnknownKeyError',
  'UnknownOrder',
]);
/** What errors call their kind: SQLSTATE, errno, gRPC status, the type of an activity's failure. */
const CODE = /^[\w.-]{1,40}$/;
const FRAME = /^\s+at (?:.*[/\\](?=(?:src|test|node_modules)[/\\]))?(.+?)\)?$/;

const MAX_CAUSES = 4;
const MAX_FRAMES = 4;

export function faultOf(error: unknown): Fault {
  const chain = chainOf(error);
  const frames = chain.flatMap(({ stack }) => framesOf(stack)).slice(0, MAX_FRAMES);
  const own = chain.find((one) => OWN_WORDS.has('type' in one ? String(one.type) : one.name));
  return {
    fault: chain.map(kindOf).join(' < ') || typeof error,
    ...(frames.length > 0 && { fault_at: frames.join(' | ') }),
    ...(own && { fault_detail: own.message }),
  };
}

function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < MAX_CAUSES; at = at.cause)
    chain.push(at);
  return chain;
}

function kindOf(error: Error): string {
  const code = 'type' in error ? String(error.type) : 'code' in error ? String(error.code) : '';
  return CODE.test(code) ? `${error.name} ${code}` : error.name;
}

function framesOf(stack = ''): string[] {
  return stack.split('\n').flatMap((line) => FRAME.exec(line)?.[1] ?? []);
}

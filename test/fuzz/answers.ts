/** Reads the answers out of the bytes that a server sent on one connection. */

export interface Answer {
  status: number;
  /** Names in lower case; of several with one name, the last. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

const HEAD_END = Buffer.from('\r\n\r\n');

interface Expectation {
  /** Answers to HEAD have no body. */
  isHead: boolean;
  /** Who says that nothing more will come may be left in the middle of a long answer. */
  mayBeCut: boolean;
}

/** @throws Error that says where the bytes stop being HTTP */
export function readAnswers(bytes: Buffer, { isHead, mayBeCut }: Expectation): Answer[] {
  const answers: Answer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const { answer, length } = readOne(rest, isHead);
    if (length > rest.length && mayBeCut) return answers;
    if (length > rest.length) throw new Error(`${rest.length} of ${length} bytes came`);
    rest = rest.subarray(length);
    if (answer.status >= 200) answers.push(answer);
  }
  return answers;
}

function readOne(bytes: Buffer, isHead: boolean): { answer: Answer; length: number } {
  const headLength = bytes.indexOf(HEAD_END);
  const [statusLine = '', ...lines] = bytes
    .subarray(0, Math.max(0, headLength))
    .toString('latin1')
    .split('\r\n');
  const [, digits] = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]+$/.exec(statusLine) ?? [];
  if (headLength === -1 || digits === undefined)
    throw new Error(
      `this is no HTTP answer: ${JSON.stringify(bytes.subarray(0, 80).toString('latin1'))}`,
    );
  const status = Number(digits);
  const headers = Object.fromEntries(lines.map(headerOf));
  const hasBody = !isHead && status >= 200 && status !== 204 && status !== 304;
  const bodyStart = headLength + HEAD_END.length;
  const available = bytes.length - bodyStart;
  const bodyLength = hasBody ? Number(headers['content-length'] ?? available) : 0;
  if (!Number.isSafeInteger(bodyLength)) throw new Error('its Content-Length is no number');
  const body = bytes.subarray(bodyStart, bodyStart + bodyLength);
  return { answer: { status, headers, body }, length: bodyStart + bodyLength };
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 1) throw new Error(`this is no header: ${JSON.stringify(line)}`);
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

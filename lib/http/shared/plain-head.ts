/** The head of a request whose end is so plain that every parser agrees about it. */
export interface PlainHead {
  /** The head as received, with its blank line. */
  readonly text: string;
  readonly method: string;
  readonly target: string;
  /** Number of bytes that follow. */
  readonly bodyLength: number;
}

/** Maximum size of a plain head; a longer one goes to the parser, which refuses it. */
const MOST_BYTES = 64 * 1_024;

/** A request line with a path, and header lines without folds, control characters or blanks before the colon. */
const plain =
  /^([A-Z]+) (\/[\x21-\x7e]*) HTTP\/1\.1\r\n(?:[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/;

/** Headers that affect where the request ends, or what comes after it. */
const framing = /\r\n(?:(content-length)|transfer-encoding|upgrade|expect):/gi;
const length = /[\t ]*(\d{1,15})[\t ]*\r\n/y;

/** Returns the head at the beginning of `bytes`; `undefined` if it is incomplete or not plain. */
export function readPlainHead(bytes: Buffer): PlainHead | undefined {
  const end = bytes.indexOf('\r\n\r\n', 0, 'latin1') + 4;
  if (end < 4 || end > MOST_BYTES) return undefined;
  const text = bytes.toString('latin1', 0, end);
  const [, method, target] = plain.exec(text) ?? [];
  if (method === undefined || target === undefined || method === 'CONNECT') return undefined;
  const bodyLength = bodyLengthOf(text);
  return bodyLength === undefined ? undefined : { text, method, target, bodyLength };
}

/** Returns the length of the body after a head; `undefined` unless the head gives it as one plain number. */
function bodyLengthOf(head: string): number | undefined {
  framing.lastIndex = 0;
  let found = framing.exec(head);
  if (!found) return 0;
  if (found[1] === undefined) return undefined;
  length.lastIndex = framing.lastIndex;
  const digits = length.exec(head)?.[1];
  found = framing.exec(head);
  return found || digits === undefined ? undefined : Number(digits);
}

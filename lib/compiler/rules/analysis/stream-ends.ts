import { ts } from 'ts-morph';
import { enclosingFunction, isWithin, wrapped } from './syntax.js';

/**
 * Returns whether `node` runs when a stream ends, as in `new ReadableStream({ start() { … }, cancel() { … } })`, and whether the
 * work that began at `start` belongs to that stream: it began in the stream, or for it in the function that creates it.
 */
export function isEndOfSameStream(node: ts.Node, start: ts.Node): boolean {
  for (let member = node.parent; member; member = member.parent) {
    if (!ts.isObjectLiteralElementLike(member) || !streamEnds.test(member.name?.getText() ?? '')) continue;
    const { parent: source } = member;
    const maker = ts.isObjectLiteralExpression(source) ? wrapped(source).parent : undefined;
    if (
      maker &&
      ts.isNewExpression(maker) &&
      /(Stream|Readable|Writable|Duplex|Transform)$/.test(maker.expression.getText())
    ) {
      const around = enclosingFunction(maker);
      return isWithin(start, source) || (around !== undefined && enclosingFunction(start) === around);
    }
  }
  return false;
}

const streamEnds = /^(cancel|flush|close|abort|destroy|final)$/;

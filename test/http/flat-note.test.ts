import { expect, test } from 'vitest';
import { flattenNote, readNote } from '../../lib/http/websocket/flat-note.js';
import type { FromThread, PeerEvent, ToThread } from '../../lib/http/websocket/notes.js';

const context = { data: '{}', type: undefined } as never;
const hook = (event: PeerEvent): ToThread => ({
  kind: 'hook',
  call: 1,
  peer: 7,
  record: undefined,
  context,
  topics: ['hall'],
  buffered: 2,
  event,
});
const notes: readonly (ToThread | FromThread)[] = [
  hook({ hook: 'message', data: 'Hail', isBinary: false }),
  hook({ hook: 'message', data: new Uint8Array([1]), isBinary: true }),
  hook({ hook: 'open' }),
  hook({ hook: 'close', code: 1000, reason: '' }),
  { kind: 'gone', peer: 7 },
  { kind: 'drained', wait: 1 },
  { kind: 'hooked', call: 1, context: undefined, failed: true },
  { kind: 'hooked', call: 1, context, failed: false },
  { kind: 'send', peer: 7, data: { bytes: 'Hail', compress: undefined } },
  { kind: 'send', peer: 7, data: { bytes: new Uint8Array([1]), compress: true } },
  { kind: 'subscribe', peer: 7, topic: 'hall' },
  { kind: 'terminate', peer: 7 },
];

test.each(notes)('a note arrives as it was: %j', (note) => {
  expect(readNote(structuredClone(flattenNote(note)))).toEqual(note);
});

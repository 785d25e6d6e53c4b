import type { FromThread, HookNote, PeerEvent, ToThread } from './notes.js';

type Message = Extract<PeerEvent, { hook: 'message' }>;
type Hooked = Extract<FromThread, { kind: 'hooked' }>;
type Send = Extract<FromThread, { kind: 'send' }>;

/** A note of a frequent kind: each message of a client causes three. */
type FlatNote =
  | [
      kind: 'message',
      call: number,
      peer: number,
      record: HookNote['record'],
      context: HookNote['context'],
      topics: HookNote['topics'],
      buffered: number,
      data: Message['data'],
      isBinary: boolean,
    ]
  | [kind: 'hooked', call: number, context: Hooked['context'], failed: boolean]
  | [kind: 'send', peer: number, bytes: Send['data']['bytes'], compress: boolean | undefined];

/** Returns a note as it crosses: frequent ones as flat arrays, which are cloned twice as fast as objects with their keys. */
export function flattenNote<Note extends ToThread | FromThread>(note: Note): Note | FlatNote {
  switch (note.kind) {
    case 'hook': {
      const { call, peer, record, context, topics, buffered, event } = note;
      if (event.hook !== 'message') return note;
      return ['message', call, peer, record, context, topics, buffered, event.data, event.isBinary];
    }
    case 'hooked':
      return ['hooked', note.call, note.context, note.failed];
    case 'send':
      return ['send', note.peer, note.data.bytes, note.data.compress];
    default:
      return note;
  }
}

/** Returns the note that has crossed; notes that are not about WebSockets are returned unchanged. */
export function readNote<Note>(crossed: Note | FlatNote): Note | HookNote | Hooked | Send {
  return Array.isArray(crossed) ? readFlat(crossed) : crossed;
}

function readFlat(flat: FlatNote): HookNote | Hooked | Send {
  switch (flat[0]) {
    case 'message': {
      const [hook, call, peer, record, context, topics, buffered, data, isBinary] = flat;
      return { kind: 'hook', call, peer, record, context, topics, buffered, event: { hook, data, isBinary } };
    }
    case 'hooked': {
      const [kind, call, context, failed] = flat;
      return { kind, call, context, failed };
    }
    case 'send': {
      const [kind, peer, bytes, compress] = flat;
      return { kind, peer, data: { bytes, compress } };
    }
    default:
      return flat satisfies never;
  }
}

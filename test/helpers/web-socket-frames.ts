/** A frame of a WebSocket, as the client reads it. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

const MASK = Buffer.from([0x57, 0x69, 0x6e, 0x74]);

/** Opcodes of RFC 6455. */
export const opcodes = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Returns the bytes of a client's frame; `head` is the first byte, in which 0x80 marks the last frame of a message. */
export function frame(head: number, payload: string | Uint8Array = '', isMasked = true): Buffer {
  const bytes = Buffer.from(payload);
  const size = sizeOf(bytes.length);
  if (!isMasked) return Buffer.concat([Buffer.from([head]), size, bytes]);
  size[0]! |= 0x80;
  const masked = bytes.map((byte, at) => byte ^ MASK[at % 4]!);
  return Buffer.concat([Buffer.from([head]), size, MASK, masked]);
}

/** Returns a whole message of text. */
export function text(words: string | Uint8Array): Buffer {
  return frame(0x80 | opcodes.text, words);
}

/** Returns a message with a frame for each piece. */
export function inPieces(opcode: number, pieces: readonly (string | Uint8Array)[]): Buffer[] {
  return pieces.map((piece, at) =>
    frame((at === pieces.length - 1 ? 0x80 : 0) | (at === 0 ? opcode : opcodes.more), piece),
  );
}

/** Returns a close frame with a code and a reason. */
export function closing(code: number, reason: string | Uint8Array = ''): Buffer {
  return frame(
    0x80 | opcodes.close,
    Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]),
  );
}

/** Reads the frames at the beginning of a server's `bytes`. Returns the frames and the rest. */
export function readFrames(bytes: Buffer): { readonly frames: Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  for (;;) {
    const [head, short] = rest;
    if (head === undefined || short === undefined) break;
    const from = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < from) break;
    const length =
      short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (rest.length < from + length) break;
    frames.push({ opcode: head & 15, payload: rest.subarray(from, from + length) });
    rest = rest.subarray(from + length);
  }
  return { frames, rest };
}

function sizeOf(length: number): Buffer {
  if (length < 126) return Buffer.from([length]);
  if (length < 65_536) return Buffer.from([126, length >> 8, length & 255]);
  const size = Buffer.alloc(9, 127);
  size.writeBigUInt64BE(BigInt(length), 1);
  return size;
}

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';
import { Client, RawClient } from '../helpers/web-socket-client.js';
import { closing, frame, inPieces, opcodes, text, type Frame } from '../helpers/web-socket-frames.js';

const LIMIT = 70_000;
const KOSME = 'κόσμε';
const bytewise = Array.from(Buffer.from(KOSME), (byte) => Buffer.from([byte]));
const [ping, pong] = [0x80 | opcodes.ping, 0x80 | opcodes.pong];
const full = Buffer.alloc(125, 'p');

/** Answers each message with the edition that got it, and tells watchers how each socket was closed. */
const hall = (edition: number): PluginText => ({
  name: 'hall',
  http: `{ fetch: () => new Response('plain'), websocket: {
    upgrade: () => ({ namespace: 'hall' }),
    open(peer) { if (peer.request.url.endsWith('/watch')) peer.subscribe('closed'); },
    message(peer, { rawData }) {
      peer.send(typeof rawData === 'string' ? '${edition}' + rawData : Buffer.concat([Buffer.from([${edition}]), rawData]), { compress: true });
    },
    close(peer, { code, reason }) { peer.publish('closed', code + ' ' + reason); },
  } }`,
});

/** Frames that a client sends and gets: messages as text or bytes, pongs, and the code of a close. */
type Case = readonly [what: string, sent: readonly Buffer[], gets: readonly Got[]];
type Got =
  | string
  | { readonly bytes: Buffer }
  | { readonly pong: Buffer }
  | { readonly closed: number | undefined };

const sizes = [0, 1, 125, 126, 127, 128, 65_535, 65_536, LIMIT];
const good: readonly Case[] = [
  ...sizes.map((size): Case => [`a text of ${size} bytes`, [text('x'.repeat(size))], ['x'.repeat(size)]]),
  ...sizes.map((size): Case => {
    const bytes = Buffer.alloc(size, 7);
    return [`bytes, ${size} of them`, [frame(0x80 | opcodes.binary, bytes)], [{ bytes }]];
  }),
  ['a text in two pieces', inPieces(opcodes.text, ['win', 'ter']), ['winter']],
  ['a text whose characters are spread over pieces', inPieces(opcodes.text, bytewise), [KOSME]],
  ['bytes in pieces', inPieces(opcodes.binary, bytewise), [{ bytes: Buffer.from(KOSME) }]],
  ['pieces of which some are empty', inPieces(opcodes.text, ['', 'winter', '', '']), ['winter']],
  [
    'pieces as long as a message may be',
    inPieces(opcodes.text, Array<string>(7).fill('x'.repeat(LIMIT / 7))),
    ['x'.repeat(LIMIT)],
  ],
  ['a ping', [frame(ping)], [{ pong: Buffer.alloc(0) }]],
  ['a ping as long as it may be', [frame(ping, full)], [{ pong: full }]],
  ['pongs that nobody asked for', [frame(pong), frame(pong, full), text('on')], ['on']],
  [
    'ten pings at once',
    Array.from({ length: 10 }, (_, at) => frame(ping, String(at))),
    Array.from({ length: 10 }, (_, at) => ({ pong: Buffer.from(String(at)) })),
  ],
  [
    'a ping between the pieces of a character',
    [frame(opcodes.text, bytewise[0]), frame(ping, 'mid'), ...inPieces(opcodes.more, bytewise.slice(1))],
    [{ pong: Buffer.from('mid') }, KOSME],
  ],
  [
    'a thousand messages at once',
    [Buffer.concat(Array.from({ length: 1_000 }, (_, at) => text(String(at))))],
    Array.from({ length: 1_000 }, (_, at) => String(at)),
  ],
  [
    'a text with every kind of character',
    [text('\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\ufffd\u{10000}\u{10ffff}')],
    ['\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\ufffd\u{10000}\u{10ffff}'],
  ],
];

const utf8 = (...values: readonly number[]): Buffer => Buffer.from(values);
const reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
const bad: readonly (readonly [what: string, sent: readonly Buffer[], code: number])[] = [
  ['a text that ends within a character', [text(utf8(0xce))], 1007],
  ['a text with half of a pair', [text(utf8(0xed, 0xa0, 0x80))], 1007],
  ['a text with a character that is written too long', [text(utf8(0xc0, 0xaf))], 1007],
  ['a text beyond the last character', [text(utf8(0xf4, 0x90, 0x80, 0x80))], 1007],
  ['a text that is none in its second piece', inPieces(opcodes.text, ['win', utf8(0xff), 'ter']), 1007],
  ['a text whose pieces end within a character', inPieces(opcodes.text, [utf8(0xce), '']), 1007],
  ...[0x40, 0x20, 0x10].map((bit) => [`the reserved bit ${bit}`, [frame(0x81 | bit, 'x')], 1002] as const),
  [
    'the bit of a compression that was not agreed on, in a later piece',
    [frame(0x01, 'x'), frame(0xc0, 'y')],
    1002,
  ],
  ...reserved.map((opcode) => [`the reserved kind ${opcode}`, [frame(0x80 | opcode, 'x')], 1002] as const),
  ...[opcodes.close, opcodes.ping, opcodes.pong].flatMap((opcode) => [
    [`kind ${opcode} in pieces`, [frame(opcode, utf8(3, 232))], 1002] as const,
    [`kind ${opcode} that is too long`, [frame(0x80 | opcode, Buffer.alloc(126, 3))], 1002] as const,
  ]),
  ['a text without a mask', [frame(0x81, 'x', false)], 1002],
  ['a ping without a mask', [frame(ping, 'x', false)], 1002],
  ['a later piece without a mask', [frame(0x01, 'x'), frame(0x80, 'y', false)], 1002],
  ['a piece of nothing', [frame(0x80, 'x')], 1002],
  ['a second message within the first', [frame(0x01, 'x'), text('y')], 1002],
  ['a message that is longer than it may be', [text('x'.repeat(LIMIT + 1))], 1009],
  [
    'pieces that are longer together than they may be',
    inPieces(opcodes.text, ['x'.repeat(LIMIT), 'y']),
    1009,
  ],
  [
    'a length that no number is',
    [Buffer.concat([utf8(0x82, 0xff), Buffer.alloc(8, 255), Buffer.alloc(4)])],
    1009,
  ],
  ['a close with half a code', [frame(0x88, utf8(3))], 1002],
  ['a close whose reason is no text', [closing(1000, utf8(0xff))], 1007],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code) => [`a close with code ${code}`, [closing(code)], 1002] as const,
  ),
];
const codes = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const closes: readonly Case[] = [
  ...codes.map((code): Case => [
    `a close with code ${code}`,
    [closing(code, 'farewell')],
    [{ closed: code }],
  ]),
  ['a close without a code', [frame(0x88)], [{ closed: undefined }]],
  ['a close with the longest reason', [closing(1000, 'x'.repeat(123))], [{ closed: 1000 }]],
  ['a close, and a message after it', [closing(1000), text('late')], [{ closed: 1000 }]],
];
const cases: readonly Case[] = [
  ...good,
  ...bad.map(([what, sent, code]): Case => [what, sent, [{ closed: code }]]),
  ...closes,
];

function gotOf({ opcode, payload }: Frame, edition: number): Got {
  if (opcode === opcodes.close) return { closed: payload.length >= 2 ? payload.readUInt16BE(0) : undefined };
  if (opcode === opcodes.pong) return { pong: payload };
  if (opcode === opcodes.binary) {
    expect(payload[0]).toBe(edition);
    return { bytes: payload.subarray(1) };
  }
  const words = payload.toString();
  expect(words[0]).toBe(String(edition));
  return words.slice(1);
}

/** Reads as many frames as are expected, and compares them. */
async function expectAnswers(client: RawClient, [what, , gets]: Case, edition: number): Promise<void> {
  const got: Got[] = [];
  while (got.length < gets.length) {
    const next = await client.nextFrame();
    if (!next) break;
    got.push(gotOf(next, edition));
  }
  expect({ what, got }).toEqual({ what, got: gets });
}

describe.each(modes)('in mode %s', (mode) => {
  test('each frame of a client has its answer, however it comes, and others notice nothing', async () => {
    const { url } = await openServer(await loadIn(mode, [hall(1)]), { maxPayloadBytes: LIMIT });
    const other = await Client.open(url);
    await Promise.all(
      cases.map(async (one) => {
        const client = await RawClient.open(url);
        client.write(Buffer.concat(one[1]));
        await expectAnswers(client, one, 1);
      }),
    );
    expect(await other.ask('hail')).toBe('1hail');
  });

  test('bytes that come one at a time mean the same', async () => {
    const { url } = await openServer(await loadIn(mode, [hall(1)]), { maxPayloadBytes: LIMIT });
    const short = cases.filter(([, sent]) => Buffer.concat(sent).length < 50);
    await Promise.all(
      short.map(async (one) => {
        const client = await RawClient.open(url);
        for (const byte of Buffer.concat(one[1])) {
          client.write(Buffer.from([byte]));
          await turn();
        }
        await expectAnswers(client, one, 1);
      }),
    );
  });

  test('a client that would compress is not agreed with, and is answered all the same', async () => {
    const { url } = await openServer(await loadIn(mode, [hall(1)]));
    const client = await Client.open(url, [], { perMessageDeflate: { threshold: 0 } });
    expect(client.socket.extensions).toBe('');
    expect(await client.ask('x'.repeat(10_000))).toBe(`1${'x'.repeat(10_000)}`);
  });
});

test('frames of which a half comes before a reload and a half after it are told the new version', async () => {
  const folder = await tempFolder();
  await deploy(folder, hall(1));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper, { maxPayloadBytes: LIMIT });
  const watcher = await Client.open(`${url}watch`);
  // Messages that were complete before the reload belong to the old version.
  const split = cases.filter(([what]) => !what.includes('at once'));
  const clients = await Promise.all(
    split.map(async (one) => {
      const client = await RawClient.open(url);
      const all = Buffer.concat(one[1]);
      const half = Math.floor((one[1][0]?.length ?? 0) / 2);
      client.write(all.subarray(0, half));
      return { client, one, later: all.subarray(half) };
    }),
  );
  await deploy(folder, hall(2));
  await swapper.reload();
  for (const { client, one, later } of clients) {
    client.write(later);
    await expectAnswers(client, one, 2);
  }
  const told: Record<string, number> = {};
  for (let count = 0; count < closes.length + bad.length; count++) {
    const [code = ''] = (await watcher.next()).split(' ');
    told[code] = (told[code] ?? 0) + 1;
  }
  expect(told).toMatchObject({ 3000: 1, 4999: 1, 1005: 1 });
});

import { expect, test } from 'vitest';
import { StatusLine, type Screen } from '../../lib/cli/status-line.js';

/** Makes a terminal of `columns`, and tells what a person sees on it. */
function terminal(columns = 40) {
  let written = '';
  const screen: Screen = {
    isTTY: true,
    columns,
    write: (chunk: string | Uint8Array) => {
      written += String(chunk);
      return true;
    },
  };
  const seen = (): string[] =>
    // When a line was overwritten, only the last text is seen.
    written.split('\n').map((line) => line.split('\r\u001B[K').at(-1) ?? '');
  return { screen, seen, raw: () => written };
}

test('it stays below whatever is printed, and says what holds then', () => {
  const { screen, seen } = terminal();
  let calls = 0;
  const status = new StatusLine(screen, [], () => `${calls} calls`);
  status.draw();
  expect(seen()).toEqual(['0 calls']);
  calls = 3;
  screen.write('saved herald\n');
  expect(seen()).toEqual(['saved herald', '3 calls']);
  status.end();
});

test('it gives way to another stream of the same terminal', () => {
  const { screen, seen } = terminal();
  const errors: Screen = { isTTY: true, write: screen.write };
  const status = new StatusLine(screen, [errors], () => 'ready');
  status.draw();
  errors.write('hoarse\n');
  expect(seen()).toEqual(['hoarse', 'ready']);
  status.end();
});

test('it waits for the end of a line that is printed in pieces', () => {
  const { screen, seen } = terminal();
  const status = new StatusLine(screen, [], () => 'ready');
  status.draw();
  screen.write('half ');
  expect(seen()).toEqual(['half ']);
  status.end();
});

test('it is never longer than the terminal is wide', () => {
  const { screen, seen } = terminal(10);
  const status = new StatusLine(screen, [], () => 'a very long line');
  status.draw();
  expect(seen()).toEqual(['a very l…']);
  status.end();
});

test('in the end it is gone, and the streams are as they were', () => {
  const { screen, seen } = terminal();
  const { write } = screen;
  const status = new StatusLine(screen, [], () => 'ready');
  status.draw();
  status.end();
  status.draw();
  expect(screen.write).toBe(write);
  expect(seen()).toEqual(['']);
});

test('without a terminal nothing is added to what is printed', () => {
  const { screen, raw } = terminal();
  const status = new StatusLine({ ...screen, isTTY: false }, [], () => 'ready');
  status.draw();
  status.end();
  expect(raw()).toBe('');
});

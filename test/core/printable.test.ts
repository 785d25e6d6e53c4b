import { expect, test } from 'vitest';
import { printable } from '../../lib/core/printable.js';

test('characters that could move the cursor of a terminal are spelled out; lines and tabs stay', () => {
  expect(printable('gate\u001B[2J\u0007\r\n\tclosed\u009B1A')).toBe(
    'gate\\x1b[2J\\x07\\x0d\n\tclosed\\x9b1A',
  );
});

test('text in any script stays as it is', () => {
  expect(printable('Tor – Überfall – 門 – 🏰')).toBe('Tor – Überfall – 門 – 🏰');
});

import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { messageOf } from '../../lib/core/errors.js';

const silent = {
  [inspect.custom](): never {
    throw new Error('no words');
  },
};

test.each([
  ['an error by its message', new Error('no iron'), 'no iron'],
  ['an error of another realm by its message', runInNewContext('new TypeError("no iron")'), 'no iron'],
  ['a text as it is', 'no iron', 'no iron'],
  ['nothing', undefined, 'undefined'],
  ['an object on one line', { sword: 1, smith: { name: 'Ida' } }, "{ sword: 1, smith: { name: 'Ida' } }"],
  ['an object that cannot be shown by what is said instead', silent, 'an object that cannot be shown'],
])('%s', (_what, thrown, text) => expect(messageOf(thrown)).toBe(text));

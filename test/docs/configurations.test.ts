import { execFileSync } from 'node:child_process';
import { parseDocument } from 'yaml';
import { expect, test } from 'vitest';
import { blocksOf, pages, type PageBlock } from '../helpers/page-blocks.js';

const blocks = pages.flatMap(blocksOf);

/** Parsers by language, each of which throws for an invalid text. Tests of their own compile code and run units of systemd. */
const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text) as unknown,
  yaml: (text) => {
    const { errors, warnings } = parseDocument(text);
    expect([...errors, ...warnings]).toEqual([]);
  },
  sh: (text) => execFileSync('bash', ['-n'], { input: text, stdio: 'pipe' }),
};

/** Languages of code that is compiled or run, of drawings, and of what a terminal shows. */
const others = ['ts', 'js', 'ini', 'mermaid', 'text'];

test('every block says in which language it is', () => {
  const known = [...Object.keys(parsers), ...others];
  expect(blocks.length).toBeGreaterThan(150);
  expect(blocks.filter(({ language = '' }) => !known.includes(language)).map(({ at }) => at)).toEqual([]);
});

test.each(Object.keys(parsers))('every block of %s is that', (language) => {
  const found = blocks.filter((block) => block.language === language);
  expect(found.length).toBeGreaterThan(0);
  expect(found.flatMap((block) => faultOf(block))).toEqual([]);
});

function faultOf({ language = '', text, at }: PageBlock): string[] {
  try {
    parsers[language]?.(text);
    return [];
  } catch (error) {
    return [`${at}: ${(error as Error).message}`];
  }
}

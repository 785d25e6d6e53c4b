import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { createCommand } from '../../lib/cli/command.js';
import { manifestOf } from '../../lib/init/project-facts.js';
import { blocksOf, pages, phrasesOf } from '../helpers/page-blocks.js';

const repository = resolve(import.meta.dirname, '../..');

/** Names of spans, which look like commands. */
const spans = new Set(['load', 'drain']);

/** A command that a page names. */
interface Named {
  readonly words: readonly string[];
  readonly at: string;
}

const named = pages.flatMap((page): Named[] =>
  [
    ...blocksOf(page)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text, at }) => text.split('\n').map((line) => ({ text: line, at }))),
    ...phrasesOf(page),
  ].flatMap(({ text, at }) => commandsOf(text).map((words) => ({ words, at }))),
);

test('every command of liveswap that a page names is there, with the flags that it is given', () => {
  const own = named.flatMap(({ words, at }) => {
    const rest = argumentsOf(words, /(^|\/)liveswap$/);
    return rest ? [{ rest, at }] : [];
  });
  expect(own.length).toBeGreaterThan(100);
  expect(own.flatMap(({ rest, at }) => faultsOf(rest).map((fault) => `${at}: ${fault}`))).toEqual([]);
});

test('every script of npm that a page names is one of the repository, of an example, or of the project that init writes', () => {
  const own = globSync(['package.json', 'examples/*/package.json'], { cwd: repository }).map(
    (path) => JSON.parse(readFileSync(join(repository, path), 'utf8')) as object,
  );
  const scripts = [...own, manifestOf('my-server', { host: false, version: '0.1.0' })].flatMap((manifest) =>
    Object.keys((manifest as { readonly scripts?: object }).scripts ?? {}),
  );
  const asked = named.flatMap(({ words, at }) => {
    const [first = '', second = ''] = argumentsOf(words, /^npm$/) ?? [];
    if (first !== 'run' && first !== 'start' && first !== 'test') return [];
    return [{ script: first === 'run' ? second : first, at }];
  });
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter(({ script }) => !scripts.includes(script))).toEqual([]);
});

/** Returns the commands of a line, each in words, without comments. */
function commandsOf(line: string): string[][] {
  return line
    .replace(/(^|\s)#.*$/, '')
    .split(/&&|\|\||;|\s\|\s/)
    .map((command) =>
      Array.from(command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g), ([, ...found]) => found.join('')),
    );
}

/** Returns the arguments of a program, wherever it stands in the command: after `npx`, `ssh server`, `docker exec shop`. */
function argumentsOf(words: readonly string[], program: RegExp): readonly string[] | undefined {
  const at = words.findIndex((word) => program.test(word));
  return at < 0 ? undefined : words.slice(at + 1);
}

function faultsOf([name, ...rest]: readonly string[]): string[] {
  const program = createCommand(() => {});
  if (name === undefined || spans.has(name) || has(program, name)) return [];
  const command = program.commands.find((one) => one.name() === name);
  if (!command) return [`there is no command ${name}`];
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  return own
    .filter((word) => /^-{1,2}[a-z]/.test(word))
    .map((word) => word.replace(/=.*$/, ''))
    .filter((flag) => flag !== '--help' && !has(command, flag))
    .map((flag) => `liveswap ${name} has no ${flag}`);
}

function has({ options }: Command, flag: string): boolean {
  return options.some(({ short, long }) => flag === short || flag === long);
}

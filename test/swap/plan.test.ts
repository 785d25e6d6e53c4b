import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inDependencyOrder } from '../../lib/swap/graph.js';
import { planReload, type Running } from '../../lib/swap/plan.js';
import { candidate, type Candidate } from '../helpers/manifests.js';

const names = ['armory', 'banner', 'forge', 'guardian', 'herald', 'keep', 'tower'] as const;

/** One plugin of a random graph: it imports only plugins after it, so there is no circle. */
interface Drawn {
  readonly isThere: boolean;
  readonly release: number;
  readonly imports: readonly number[];
}

const drawn = fc.record({
  isThere: fc.boolean(),
  release: fc.nat({ max: 2 }),
  imports: fc.uniqueArray(fc.nat({ max: names.length - 2 }), { maxLength: 3 }),
});
/** The names are in a random order, in which each plugin may import any after it. */
const graphs = fc.record({
  order: fc.shuffledSubarray([...names], { minLength: names.length }),
  plugins: fc.array(drawn, { minLength: names.length, maxLength: names.length }),
});

function candidatesOf(order: readonly string[], plugins: readonly Drawn[]): Candidate[] {
  const present = order.filter((_name, index) => plugins[index]?.isThere);
  return present.map((name) => {
    const { imports, release } = plugins[order.indexOf(name)] as Drawn;
    const dependencies = imports
      .map((index) => order[index + 1] as string)
      .filter((other) => present.includes(other) && order.indexOf(other) > order.indexOf(name));
    return candidate({
      name,
      release: release + 10 * dependencies.length,
      imports: Object.fromEntries(dependencies.map((other) => [other, []])),
    });
  });
}

const nameOf = (one: Candidate): string => one.manifest.name;
const importsOf = (one: Candidate): string[] => one.manifest.imports.map(({ plugin }) => plugin);

test('every plugin comes after all it depends on, each once, the same for any order of files', () => {
  fc.assert(
    fc.property(graphs, fc.infiniteStream(fc.nat()), ({ order, plugins }, random) => {
      const candidates = candidatesOf(order, plugins);
      const ordered = inDependencyOrder(candidates).map(nameOf);
      expect([...ordered].sort()).toEqual(candidates.map(nameOf).sort());
      for (const one of candidates)
        for (const other of importsOf(one))
          expect(ordered.indexOf(other)).toBeLessThan(ordered.indexOf(nameOf(one)));
      const shuffled = candidates.toSorted(() => ((random.next().value as number) % 3) - 1);
      expect(inDependencyOrder(shuffled).map(nameOf)).toEqual(ordered);
    }),
    { numRuns: 500 },
  );
});

test('a circle is found in any graph that has one', () => {
  fc.assert(
    fc.property(graphs, fc.nat(), fc.nat(), ({ order, plugins }, from, to) => {
      const candidates = candidatesOf(order, plugins);
      if (candidates.length === 0) return;
      const ordered = inDependencyOrder(candidates);
      const upper = ordered[from % ordered.length] as Candidate;
      const reachable = new Set<string>();
      const visit = (one: Candidate): void => {
        reachable.add(nameOf(one));
        for (const other of importsOf(one)) visit(candidates.find((it) => nameOf(it) === other) as Candidate);
      };
      visit(upper);
      const lower = [...reachable][to % reachable.size] as string;
      const closed = candidates.map((one) =>
        nameOf(one) === lower
          ? candidate({
              name: lower,
              imports: Object.fromEntries([...importsOf(one), nameOf(upper)].map((it) => [it, []])),
            })
          : one,
      );
      let drawing = '';
      try {
        inDependencyOrder(closed);
      } catch (error) {
        drawing = (error as Error).message;
      }
      const circle = /: (.*?);/.exec(drawing)?.[1]?.split(' -> ') ?? [];
      expect(circle.length).toBeGreaterThan(1);
      expect(circle.at(-1)).toBe(circle[0]);
      for (let step = 1; step < circle.length; step++) {
        const importer = closed.find((one) => nameOf(one) === circle[step - 1]) as Candidate;
        expect(importsOf(importer)).toContain(circle[step]);
      }
    }),
    { numRuns: 500 },
  );
});

test('a reload starts what is new, changed, given up or above one of those, and carries the rest over', () => {
  const state = fc.constantFrom('reloadable', 'non-reloadable', 'given up');
  fc.assert(
    fc.property(graphs, graphs, fc.array(state, { minLength: 7, maxLength: 7 }), (before, after, states) => {
      const old = inDependencyOrder(candidatesOf(before.order, before.plugins));
      // The order is the same both times: an edit may also change imports, but never makes a circle.
      const next = candidatesOf(before.order, after.plugins);
      const stateOf = (name: string): string => states[names.indexOf(name as never)] as string;
      // A non-reloadable plugin cannot depend on a reloadable one, so such a set never runs.
      const isFixed = (one: Candidate): boolean =>
        stateOf(nameOf(one)) === 'non-reloadable' &&
        importsOf(one).every((name) => isFixed(old.find((other) => nameOf(other) === name) as Candidate));
      const running = new Map<string, Running>(
        old.map((artifact) => [
          nameOf(artifact),
          {
            artifact,
            reloadable: !isFixed(artifact),
            usable: stateOf(nameOf(artifact)) !== 'given up',
            isOutdated: false,
          },
        ]),
      );
      // Plugins that stay need the dependencies that they were built with.
      const gone = old
        .filter(isFixed)
        .flatMap(importsOf)
        .filter((name) => !next.some((one) => nameOf(one) === name));
      const isNeeded = next.some((one) => running.get(nameOf(one))?.reloadable === false);
      if (gone.length > 0 && isNeeded) return;

      const steps = planReload(next, running);
      const started = new Set<string>();
      expect(
        steps
          .map((step) => (step.kind === 'start' ? nameOf(step.candidate) : nameOf(step.running.artifact)))
          .sort(),
      ).toEqual(next.map(nameOf).sort());
      for (const step of steps) {
        const one = step.kind === 'start' ? step.candidate : step.running.artifact;
        const name = nameOf(one);
        const wanted = next.find((other) => nameOf(other) === name) as Candidate;
        const was = running.get(name);
        if (was && !was.reloadable) {
          expect(step.note).toBe(was.artifact.hash === wanted.hash ? 'unchanged' : 'not reloadable');
          continue;
        }
        const same = was?.usable === true && was.artifact.hash === wanted.hash;
        const above = importsOf(wanted).some((other) => started.has(other));
        if (!same || above) started.add(name);
        expect({ name, note: step.note }).toEqual({
          name,
          note: same ? (above ? 'relinked' : 'unchanged') : 'ok',
        });
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a plugin that cannot be carried over takes those that are bound to it along, reloadable or not', () => {
  const ledger = candidate({ name: 'ledger' });
  const banner = candidate({ name: 'banner', imports: { ledger: [] } });
  const running = new Map<string, Running>([
    ['ledger', { artifact: ledger, reloadable: false, usable: false, isOutdated: false }],
    ['banner', { artifact: banner, reloadable: false, usable: true, isOutdated: false }],
  ]);
  expect(planReload([ledger, banner], running).map(({ kind, note }) => [kind, note])).toEqual([
    ['start', 'ok'],
    ['start', 'relinked'],
  ]);
});

test('finds the plugins that stay in a graph with many ways through it', () => {
  // Each plugin imports all that come before it: a walk along every path would take 2 ** 40 steps.
  const name = (index: number): string => `p${index}`;
  const artifacts = Array.from({ length: 40 }, (_, index) =>
    candidate({
      name: name(index),
      imports: Object.fromEntries(Array.from({ length: index }, (_unused, before) => [name(before), []])),
    }),
  );
  const running = new Map<string, Running>(
    artifacts.map((artifact) => [
      nameOf(artifact),
      { artifact, reloadable: false, usable: true, isOutdated: false },
    ]),
  );
  const notes = planReload(artifacts, running).map(({ note }) => note);
  expect(new Set(notes)).toEqual(new Set(['unchanged']));
  expect(notes).toHaveLength(40);
});

test('other data and force start what has no better reason, and what imports it is relinked', () => {
  const armory = candidate({ name: 'Armory' });
  const guardian = candidate({ name: 'guardian', imports: { armory: [] } });
  const [ledger, herald] = [candidate({ name: 'ledger' }), candidate({ name: 'herald' })];
  const all = [armory, guardian, ledger, herald];
  const plan = (state: Partial<Running>, outdated: readonly string[], forced: readonly string[]) => {
    const running = new Map<string, Running>(
      all.map((artifact) => {
        const name = nameOf(artifact).toLowerCase();
        const isOutdated = outdated.includes(name);
        return [name, { artifact, reloadable: true, usable: true, isOutdated, ...state }];
      }),
    );
    const steps = planReload(all, running, new Set(forced));
    return Object.fromEntries(
      steps.map((step) => [
        nameOf(step.kind === 'start' ? step.candidate : step.running.artifact),
        step.note,
      ]),
    );
  };
  expect(plan({}, ['armory'], ['armory', 'guardian', 'herald'])).toEqual({
    Armory: 'configured',
    guardian: 'relinked',
    herald: 'forced',
    ledger: 'unchanged',
  });
  expect(plan({ reloadable: false }, ['ledger'], ['herald'])).toEqual({
    Armory: 'unchanged',
    guardian: 'unchanged',
    herald: 'not reloadable',
    ledger: 'not reloadable',
  });
});

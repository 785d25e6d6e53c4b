import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import type { StateMachine } from '../../lib/core/state-machine.js';
import { createVersionLife, versionMoves, type VersionState } from '../../lib/version/version-state.js';

type Kind = VersionState['kind'];

const states: { readonly [K in Kind]: VersionState & { readonly kind: K } } = {
  starting: { kind: 'starting' },
  ready: { kind: 'ready' },
  active: { kind: 'active' },
  draining: { kind: 'draining', since: 0 },
  retired: { kind: 'retired' },
  failed: { kind: 'failed', error: new LiveswapError('VERSION_FAILED', 'guardian@00000000 is given up.') },
};
const kinds = Object.keys(states) as Kind[];

/** The shortest way from `starting` to each state, by the table. */
const waysTo = new Map<Kind, readonly Kind[]>([['starting', []]]);
for (const [kind, way] of waysTo) {
  for (const next of versionMoves[kind]) if (!waysTo.has(next)) waysTo.set(next, [...way, next]);
}

function lifeIn(kind: Kind): StateMachine<VersionState> {
  const life = createVersionLife('guardian@00000000', () => {});
  for (const step of waysTo.get(kind) ?? []) life.transition(states[step]);
  return life;
}

test('every state can be reached, and from every state a version can retire', () => {
  expect([...waysTo.keys()].toSorted()).toEqual(kinds.toSorted());
  for (const kind of kinds) {
    const reachable = new Set<Kind>([kind]);
    for (const one of reachable) for (const next of versionMoves[one]) reachable.add(next);
    expect(reachable).toContain('retired');
  }
});

test('every move of the table is made, and every other is refused', () => {
  for (const from of kinds) {
    for (const to of kinds) {
      const life = lifeIn(from);
      const move = (): void => life.transition(states[to]);
      if (versionMoves[from].includes(to)) {
        move();
        expect(life.state).toBe(states[to]);
      } else {
        expect(move, `${from} to ${to}`).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
        expect(life.state.kind).toBe(from);
      }
    }
  }
});

test('a retired version never serves again, and one that serves was ready before, or was given up', () => {
  expect(versionMoves.retired).toEqual([]);
  expect(kinds.filter((kind) => versionMoves[kind].includes('active'))).toEqual(['ready', 'failed']);
});

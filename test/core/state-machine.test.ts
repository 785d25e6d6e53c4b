import { expect, test } from 'vitest';
import { createStateMachine, type Moves } from '../../lib/core/state-machine.js';
import { withPage } from '../helpers/with-page.js';

type Gate =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly by: string }
  | { readonly kind: 'walled' };

const moves: Moves<Gate['kind']> = { open: ['closed'], closed: ['open', 'walled'], walled: [] };

test('a machine moves along its table and tells each move', () => {
  const told: string[] = [];
  const gate = createStateMachine<Gate>('the gate', moves, { kind: 'open' }, (next, previous) =>
    told.push(`${previous.kind} to ${next.kind}`),
  );
  gate.transition({ kind: 'closed', by: 'guardian' });
  expect(gate.state).toEqual({ kind: 'closed', by: 'guardian' });
  gate.transition({ kind: 'open' });
  expect(gate.state).toEqual({ kind: 'open' });
  expect(told).toEqual(['open to closed', 'closed to open']);
});

test('an illegal move throws, names what is legal, and changes nothing', () => {
  const told: string[] = [];
  const gate = createStateMachine<Gate>('the gate', moves, { kind: 'open' }, (next) => told.push(next.kind));
  expect(() => gate.transition({ kind: 'walled' })).toThrow(
    expect.objectContaining({
      code: 'INTERNAL',
      message: withPage('INTERNAL', 'Cannot move the gate from open to walled: legal are closed.'),
    }),
  );
  expect(gate.state).toEqual({ kind: 'open' });
  expect(told).toEqual([]);
});

test('a last state is left for nothing, not even for itself', () => {
  const gate = createStateMachine<Gate>('the gate', moves, { kind: 'walled' });
  for (const kind of ['open', 'walled'] as const) {
    expect(() => gate.transition({ kind })).toThrow(/from walled to \w+: legal are none/);
  }
});

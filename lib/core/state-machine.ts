import { LiveswapError } from './errors.js';

/** For each kind of state, the kinds it may move to. */
export type Moves<Kind extends string> = Readonly<Record<Kind, readonly Kind[]>>;

/** A life cycle as a discriminated union, which only moves along its table of legal moves. */
export interface StateMachine<State extends { readonly kind: string }> {
  readonly state: State;
  /** @throws LiveswapError `INTERNAL` when the table does not allow the move. */
  transition(next: State): void;
}

/** Creates a machine in its `initial` state; `subject` names it in errors, `onMove` is told of each move. */
export function createStateMachine<State extends { readonly kind: string }>(
  subject: string,
  moves: Moves<State['kind']>,
  initial: State,
  onMove?: (next: State, previous: State) => void,
): StateMachine<State> {
  let state = initial;
  return {
    get state() {
      return state;
    },
    transition(next) {
      const previous = state;
      const legal: readonly string[] = moves[previous.kind as State['kind']];
      if (!legal.includes(next.kind)) {
        throw new LiveswapError(
          'INTERNAL',
          `Cannot move ${subject} from ${previous.kind} to ${next.kind}: legal are ${legal.join(', ') || 'none'}.`,
        );
      }
      state = next;
      onMove?.(next, previous);
    },
  };
}

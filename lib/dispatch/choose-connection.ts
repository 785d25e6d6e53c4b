import type { Call } from './call.js';
import type { Connection } from './connection.js';
import type { Home } from './waiting-calls.js';

/** A connection as the choice sees it. */
type Candidate = Pick<Connection, 'index' | 'pending' | 'heardAt' | 'isSilent' | 'admits'>;

/** Returns the connection to the home of a call; for a call without one, the connection with the least to do. */
export function bestConnection<One extends Candidate>(
  connections: readonly One[],
  home: Home,
): One | undefined {
  if (home === undefined) return leastBusy(connections);
  return connections.find(({ index, admits }) => index === home && !admits);
}

/** Returns a connection that admits this call although it does not take calls in general. */
export function narrowConnection<One extends Candidate>(
  connections: readonly One[],
  call: Call,
): One | undefined {
  return connections.find(({ admits }) => admits?.(call));
}

/**
 * Returns the connection with the fewest pending calls; among equals, the one heard from last. A connection that may be stuck is
 * taken only if there is no other.
 */
function leastBusy<One extends Candidate>(connections: readonly One[]): One | undefined {
  let least: One | undefined;
  let silent: One | undefined;
  for (const connection of connections) {
    if (connection.admits) continue;
    if (connection.isSilent) silent = better(silent, connection);
    else least = better(least, connection);
  }
  return least ?? silent;
}

function better<One extends Candidate>(one: One | undefined, other: One): One {
  if (!one || other.pending < one.pending) return other;
  return other.pending === one.pending && other.heardAt > one.heardAt ? other : one;
}

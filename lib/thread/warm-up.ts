import { MessageChannel } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import { Link } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import { createGauge } from '../pool/gauge.js';
import type { StartTask } from '../surface/thread-surface.js';
import { VersionThread, type ImportArtifact } from './version-thread.js';

/**
 * Goes through the life of a version in this thread, with an artifact that only has one live function. Code that runs for the first
 * time is compiled first; the warm-up does that early and saves about 4 ms of a reload.
 */
export async function warmUp(url: string, importArtifact: ImportArtifact): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const thread = new VersionThread({ port: port2, gauge: createGauge() }, importArtifact);
  const host = new Link(port1, { channels: 'even', answer: () => undefined });
  try {
    const surface = host.surface();
    await surface.call('start', [taskFor(url)]);
    await surface.call('activate', ['load', undefined]);
    await new Promise((resolve, reject) => {
      // The argument is not plain data, because some classes of the platform are loaded when code first looks for them.
      host.send(Scope.live, 'live_warmUp', [new Error('warm up')], [], { resolve, reject });
    });
    await surface.call('yield', ['load', false]);
  } finally {
    const over = new LiveswapError('RETIRED', 'The warm-up is over.');
    host.close(over);
    thread.close(over);
  }
}

function taskFor(url: string): StartTask {
  return {
    plugin: 'warm-up',
    version: '00000000',
    index: 0,
    count: 1,
    cause: 'load',
    exclusive: false,
    exclusiveImports: [],
    limits: { concurrency: 1, maxQueued: 1 },
    url,
    liveTypes: [],
    kept: undefined,
    types: {},
    voidCallbacks: { live: new Map(), exports: new Map(), functions: new Map() },
    taken: { live: {}, exports: {}, functions: {} },
  };
}

import { defineAdapter } from '../adapter.js';
import { takesWork } from '../takes-work.js';

interface Consumer {
  stop(): Promise<unknown>;
  disconnect(): Promise<unknown>;
}

const consumer = takesWork<Consumer>({
  // Stopping ends the current messages, commits the offsets and leaves the group, so its partitions are free for the next
  // version.
  pause: async (made) => void (await made.stop()),
  end: (made) => made.disconnect(),
  waits: { run: (proceed) => proceed() },
  settles: ['run'],
});

export default defineAdapter('kafkajs', {
  versions: '^2.0.0',
  exports: { 'Kafka.prototype.consumer': consumer },
});

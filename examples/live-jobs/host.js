import PQueue from 'p-queue';
import { LiveData, Swapper } from 'liveswap';
import { watch } from 'liveswap/watch';

const swapper = new Swapper('dist');
swapper.on('reloaded', ({ generation }) => console.log(`generation ${generation} is live`));
const watcher = watch(swapper, { sources: ['plugins'], outDir: 'dist' });
await watcher.ready;

// The queue keeps text, as it would in Redis, in a database, or in a file.
const queue = new PQueue({ concurrency: 1 });
const customers = ['Ada', 'Grace', 'Katherine', 'Barbara', 'Radia', 'Frances', 'Jean', 'Hedy'];
for (const customer of customers) {
  const job = JSON.stringify(LiveData.of('Live_Invoice', { customer, cents: 100 * customer.length }));
  queue.add(async () => {
    console.log(await swapper.run(job));
  });
}
console.log(`${queue.size + queue.pending} invoices are queued: edit plugins/billing/invoice.ts now`);

process.once('SIGINT', () => queue.clear());
await queue.onIdle();
console.log(`billed ${(await swapper.call('live_total')) / 100} in all`);
await watcher.close();
await swapper.close();

import { setTimeout as delay } from 'node:timers/promises';
import { context } from 'liveswap/plugin';

/** A job that waits in a queue under one version and is done by the newest. */
export class Live_Invoice {
  customer = '';
  cents = 0;

  async handle(): Promise<string> {
    await delay(Number(process.env['WORK_MS'] ?? 1_000));
    const { dataBag } = context.vault;
    const billed = ((await dataBag.get('billed')) as number | undefined) ?? 0;
    await dataBag.set('billed', billed + this.cents);
    return `billed ${this.customer}: ${this.cents} cents, by release 1`;
  }
}

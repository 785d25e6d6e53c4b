import type { OneCall } from './drive.js';

const IN_FLIGHT = 256;
const CALLS = 8_000;

/** Text for the title of a comparison of these samples. */
export const PROCESSOR_TIME = `processor time of a call, ${IN_FLIGHT} in flight`;

/** Resolves to the number of microseconds that all threads of the process spend on a call. */
export async function processorTimeOf(call: OneCall): Promise<number> {
  let left = CALLS;
  const lane = async (index: number): Promise<void> => {
    while (left-- > 0) await call(index);
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, index) => lane(index)));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

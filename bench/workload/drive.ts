/** Makes one call, in the `lane`-th of those that are in flight together. */
export type OneCall = (lane: number) => Promise<unknown>;

/** Keeps `inFlight` calls going for `ms` milliseconds; returns calls a second. */
export async function driveCalls(call: OneCall, inFlight: number, ms: number): Promise<number> {
  const began = performance.now();
  const end = began + ms;
  let calls = 0;
  const lane = async (index: number): Promise<void> => {
    while (performance.now() < end) {
      await call(index);
      calls++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, index) => lane(index)));
  return (calls / (performance.now() - began)) * 1000;
}

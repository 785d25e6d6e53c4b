import { performance } from 'node:perf_hooks';
import { expect, onTestFinished, test, vi } from 'vitest';
import { linger } from '../../lib/app-thread/linger.js';

test.for([Infinity, 2 ** 31])(
  'a thread that lingers for %d ms waits, instead of looking each millisecond',
  async (ms) => {
    const warn = vi.spyOn(process, 'emitWarning');
    onTestFinished(() => warn.mockRestore());
    let isOver = false;
    // The platform warns of a timer that it shortens to a millisecond.
    void linger(ms, () => performance.now()).then(() => (isOver = true));
    await Promise.resolve();
    expect(warn).not.toHaveBeenCalled();
    expect(isOver).toBe(false);
  },
);

import { expect, test } from 'vitest';
import { refusePlugNPlay } from '../../lib/compiler/plug-n-play.js';

test("under Yarn's Plug'n'Play, a build says at once what to do", () => {
  expect(() => refusePlugNPlay(true)).toThrowError(
    expect.objectContaining({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('nodeLinker: node-modules'),
    }),
  );
  expect(() => refusePlugNPlay()).not.toThrow();
});

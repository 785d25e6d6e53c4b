import { expect, test } from 'vitest';
import { Op, Scope } from '../../lib/link/protocol.js';
import { deferred } from '../helpers/deferred.js';
import { linkPair } from '../helpers/link-pair.js';

const never = (): Promise<never> => new Promise(() => {});

test('answers that wait together are taken in their order, and so are calls among them', async () => {
  const seen: unknown[] = [];
  const { near, farPort } = linkPair(
    { watch: never },
    { answer: (_scope, name) => void seen.push(`asked to ${name}`) },
  );
  const last = deferred();
  for (const name of ['Ada', 'Bo', 'Cy']) {
    const done = name === 'Cy' ? last.resolve : () => {};
    near.send(Scope.live, 'watch', [], [], {
      resolve: (value) => {
        seen.push(value);
        done();
      },
      reject: (error) => seen.push(error),
    });
  }
  farPort.postMessage([Op.result, 1, 'Ada is back']);
  farPort.postMessage([Op.call, 1, Scope.vault, 'salute', []]);
  farPort.postMessage([Op.thrown, 2, { type: 'Error', name: 'Error', message: 'Bo fell', properties: {} }]);
  farPort.postMessage([Op.result, 3, 'Cy is back']);
  await last.promise;
  expect(seen).toEqual(['Ada is back', 'asked to salute', new Error('Bo fell'), 'Cy is back']);
});

test('code that waits for an answer goes on before all later answers are read', async () => {
  const { near, farPort } = linkPair({ watch: never });
  const watches = 200;
  let back = 0;
  let backWhenTheFirstWasTold = 0;
  const last = deferred();
  for (let watch = 1; watch <= watches; watch++) {
    near.send(Scope.live, 'watch', [], [], {
      resolve: () => {
        if (++back === 1) queueMicrotask(() => (backWhenTheFirstWasTold = back));
        if (back === watches) last.resolve();
      },
      reject: last.reject,
    });
  }
  for (let watch = 1; watch <= watches; watch++) farPort.postMessage([Op.result, watch, 'back']);
  await last.promise;
  expect(backWhenTheFirstWasTold).toBeLessThan(watches);
});

test('a link that is closed by what an answer resolves reads no further', async () => {
  const { near, farPort } = linkPair({ watch: never });
  const seen: unknown[] = [];
  const closed = deferred();
  near.send(Scope.live, 'watch', [], [], {
    resolve: () => near.close(new Error('The gate is shut.')),
    reject: () => {},
  });
  near.send(Scope.live, 'watch', [], [], {
    resolve: (value) => seen.push(value),
    reject: (error) => {
      seen.push(error);
      closed.resolve();
    },
  });
  farPort.postMessage([Op.result, 1, 'open']);
  farPort.postMessage([Op.result, 2, 'late']);
  await closed.promise;
  expect(seen).toEqual([new Error('The gate is shut.')]);
});

import { parseArgs } from 'node:util';
import { runAppChaos } from './app/run-app-chaos.js';
import { recycling, runChaos } from './chaos.js';

const STEPS_A_ROUND = 1_000;
/** Steps with an app are releases and crashes: each takes as long as many calls. */
const STEPS_AN_APP_STEP = 25;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    steps: { type: 'string', default: String(STEPS_A_ROUND) },
    rounds: { type: 'string' },
  },
});
const end = performance.now() + Number(values.minutes) * 60_000;
const rounds = values.rounds === undefined ? Infinity : Number(values.rounds);
const steps = Number(values.steps);
let seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);

for (let round = 1; round <= rounds && (round === 1 || performance.now() < end); round++, seed++) {
  const began = performance.now();
  const { violations, calls, generations, rollbacks, crashes, recycled, outcomes } = await runChaos({
    seed,
    steps,
    swapper: {
      threads: 1 + (seed % 3),
      standby: seed % 2 === 0,
      ...(seed % 5 < 2 && { plugins: recycling(60) }),
    },
    ending: seed % 4 < 2 ? 'destroy' : 'close',
  });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(
    `round ${round}  seed ${seed}  ${steps} steps  ${calls} calls  ${generations} generations  ${rollbacks} rollbacks  ${crashes} crashes  ${recycled} recycled  ${seconds} s  ${violations.length} violations`,
  );
  if (violations.length > 0) {
    for (const violation of violations.slice(0, 20)) console.log(`  ${violation}`);
    console.log(`  Again: npm run chaos -- --seed ${seed} --steps ${steps} --rounds 1`);
    process.exitCode = 1;
    break;
  }
  const app = await runAppChaos({
    seed,
    steps: Math.ceil(steps / STEPS_AN_APP_STEP),
    threads: 1 + (seed % 2),
  });
  const { release, refused, rollback, crash } = app.steps;
  console.log(
    `  an app: ${app.requests} requests  ${release} releases  ${refused} refused  ${rollback} rollbacks  ${crash} crashes  ${app.cut} cut by them  ${app.violations.length} violations`,
  );
  if (app.violations.length > 0) {
    for (const violation of app.violations.slice(0, 20)) console.log(`  ${violation}`);
    console.log(`  Again: npm run chaos -- --seed ${seed} --steps ${steps} --rounds 1`);
    process.exitCode = 1;
    break;
  }
  if (round === 1)
    for (const [outcome, count] of [...outcomes].sort(([one], [other]) => one.localeCompare(other)))
      console.log(`  ${outcome}: ${count}`);
}

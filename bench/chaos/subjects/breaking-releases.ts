import { constantFrom, integer } from 'fast-check';
import type { LiteralShape, Shape } from '../../../lib/manifest/shape.js';
import type { Answer, MakePlugin } from '../edition.js';
import { step, type SubjectOf } from '../subject.js';
import { mishaps } from '../world.js';

/** The sizes that an edition takes. A caller that is checked against it passes one of them. */
type Sizes = readonly number[];

/** An answer that tells whether the argument was of the type that the edition takes. */
interface Forged extends Answer {
  readonly fits: boolean;
}

const literal = (value: number): LiteralShape => ({ kind: 'literal', value });

function shapeOf(sizes: Sizes): Shape {
  return { kind: 'union', members: sizes.map(literal) };
}

/** Makes editions of a plugin whose live function takes `sizes`; an exclusive one hands over, and is called by the host alone. */
function makerOf(name: 'forge' | 'kiln', sizes: Sizes): MakePlugin {
  const live = `live_${name}`;
  return (edition) => ({
    name,
    exclusive: name === 'kiln',
    module: `
const sizes = ${JSON.stringify(sizes)};
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));`,
    live: {
      [live]: `async (size, ms = 0) => {
        await sleep(ms);
        return { by: { ${name}: ${edition} }, version: context.version, fits: sizes.includes(size) };
      }`,
    },
    takes: { [live]: shapeOf(sizes) },
  });
}

/** Returns a plugin that passes a size to the forge some time after the request: its own version may drain by then. */
function smith(size: number): MakePlugin {
  return (edition) => ({
    name: 'smith',
    module: `// Edition ${edition}.`,
    live: {
      live_order: `async (ms) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return context.vault.call('live_forge', ${size}, ms);
      }`,
    },
    uses: [{ name: 'live_forge', args: [literal(size)] }],
  });
}

/**
 * Releases that change the parameters of functions: whenever a call is made, its arguments never reach an edition that does not
 * take them.
 */
export const breakingReleases: SubjectOf = ({ swapper, history, ledger, deploys }) => {
  const taken = new Map<number, Sizes>();
  let newest = 0;
  let forge: Sizes = [newest];

  const put = async (name: 'forge' | 'kiln', sizes: Sizes): Promise<void> => {
    const make = makerOf(name, sizes);
    await deploys.put((edition) => {
      taken.set(edition, sizes);
      return make(edition);
    });
  };
  const objection = (answer: unknown): string | undefined =>
    (answer as Forged).fits ? undefined : `${JSON.stringify(answer)} was given what it does not take`;
  /** Calls like a host that was checked against the current generation. */
  const pass = (name: 'forge' | 'kiln', choice: number, ms: number): Promise<void> => {
    const edition = history.editionsOf(swapper.current.plugins)[name] ?? -1;
    const sizes = taken.get(edition) ?? [];
    const size = sizes[choice % sizes.length];
    const refusals = name === 'kiln' ? [...mishaps, 'RETIRED' as const] : mishaps;
    return ledger.follow(`live_${name}`, () => swapper.call(`live_${name}`, size, ms), objection, refusals);
  };

  const order = (ms: number): Promise<void> =>
    ledger.follow('live_order', () => swapper.call('live_order', ms), objection, mishaps);
  /** Loads the deployed release, with calls that wait or run as it becomes current. */
  const loadUnderCalls = async (): Promise<void> => {
    const calls: Promise<void>[] = [];
    const onReload = (): void => {
      for (let index = 0; index < 30; index++) calls.push(pass('forge', index, 10));
      calls.push(order(15), pass('kiln', 0, 5), pass('kiln', 1, 5));
    };
    await deploys.load(undefined, { onReload });
    await Promise.all(calls);
  };

  return {
    begin: async () => {
      await put('forge', forge);
      await put('kiln', forge);
      await deploys.put(smith(newest));
    },
    steps: {
      forge: step(6, integer({ min: 0, max: 40 }), (ms) => pass('forge', ms, ms % 10)),
      kiln: step(3, integer({ min: 0, max: 40 }), (ms) => pass('kiln', ms, ms % 5)),
      order: step(4, integer({ min: 0, max: 30 }), order),
      breakingReload: step(2, constantFrom('widen', 'together', 'alone', 'kiln'), (how) =>
        deploys.inTurn(`breaking reload (${how})`, async () => {
          newest++;
          if (how === 'alone') {
            await put('forge', [newest]);
            await deploys.loadInVain('it breaks what the smith calls');
            await put('forge', forge);
          } else if (how === 'kiln') {
            await put('kiln', [newest]);
          } else {
            forge = how === 'widen' ? [...forge, newest] : [newest];
            await put('forge', forge);
            if (how === 'together') await deploys.put(smith(newest));
          }
          await loadUnderCalls();
        }),
      ),
    },
  };
};

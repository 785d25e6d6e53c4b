import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { isTimeable } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import { Carried } from '../kept/carried.js';
import { encodeKept } from '../kept/encode.js';
import type { KeptImage } from '../kept/image.js';
import { KeptClasses, type KeptClassFacts } from '../kept/kept-classes.js';
import { ShapeCheck } from '../kept/shape-check.js';
import type { KeptClassFacts as ManifestClassFacts, KeptFacts } from '../manifest/manifest.js';
import { resolveShape } from '../manifest/shape.js';
import type { KeptRoot } from '../plugin/kept-roots.js';
import { classify } from '../kept/kinds.js';
import { pourKept, rehearseKept, type OwnRoot } from '../kept/pour.js';
import { LiveData, type LiveClasses } from '../live-data/live-data.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { KeptSent } from '../surface/thread-surface.js';

/** Receiver of the copies. */
export interface KeptSaver {
  save(image: KeptImage): Promise<unknown>;
  /** Called when no copy can be made any more, because a kept value cannot move. A running call may still remove that value. */
  onFailed(error: unknown): void;
}

/** Minimum ratio of the pause before the next copy to the time that a copy takes: copies use at most 2 % of the thread's time. */
const LEAST_PAUSE = 49;

/** State that an artifact keeps, and the classes that it may hold: known once its code has been evaluated. */
interface KeptDeclarations {
  readonly roots: ReadonlyMap<string, OwnRoot>;
  readonly classes: KeptClasses;
  readonly saveTimes: readonly number[];
}

/** The kept state of one thread: sent to the thread that takes over, or taken over from the previous one. */
export class KeptThread {
  readonly #artifact: ArtifactModule;
  readonly #facts: KeptFacts | undefined;
  readonly #carried = new Carried();
  readonly #liveClasses: LiveClasses;
  #declared: KeptDeclarations;
  #isEvaluated: boolean;
  /** State that came before the code that keeps it was evaluated. */
  #early: KeptImage | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `facts` are the types known from the build; without them, values are not checked. */
  constructor(artifact: ArtifactModule, liveClasses: LiveClasses, facts?: KeptFacts) {
    this.#artifact = artifact;
    this.#facts = facts;
    this.#liveClasses = liveClasses;
    this.#isEvaluated = artifact.isEvaluatedLater !== true;
    this.#declared = declarationsOf(artifact, facts);
    if (this.#isEvaluated) artifact.keptRoots?.complete?.();
  }

  /**
   * Handles that the code has been evaluated, where that happens after the artifact was imported.
   *
   * @throws LiveswapError `OPTION_INVALID` when a kept value's class is not one of its own, or the build did not see that it is
   * kept; `LIVE_DATA_MISMATCH`
   */
  evaluated(): void {
    this.#declared = declarationsOf(this.#artifact, this.#facts);
    this.#isEvaluated = true;
    this.#artifact.keptRoots?.complete?.();
    const [name] = this.#declared.roots.keys();
    if (name !== undefined && !this.#facts) throw unseen(name);
    this.check();
    const early = this.#early;
    this.#early = undefined;
    if (early) this.pour(early);
  }

  /** @throws LiveswapError `OPTION_INVALID` when a kept value's class is not one of the plugin's own */
  check(): void {
    const { roots, classes } = this.#declared;
    for (const [name, { root }] of roots) {
      const classified = classify(root, classes);
      if ('kind' in classified) continue;
      const message = `Cannot keep ${name}: create returned ${classified.refused}.`;
      throw new LiveswapError('OPTION_INVALID', message, { option: 'kept', name });
    }
  }

  /** Notes what module constants hold: from now on, calls may change those that are part of the state. */
  noteConstants(): void {
    const { roots, classes } = this.#declared;
    if (roots.size > 0) classes.constants.note();
  }

  /** Sends the whole state. Returns the cost to this thread. @throws LiveswapError `LIVE_DATA_INVALID` */
  send(port: MessagePort, isRehearsal: boolean): KeptSent {
    const began = performance.now();
    try {
      const { image, warnings, transfer } = this.#encode(isRehearsal);
      port.postMessage(image, transfer);
      return { ms: performance.now() - began, objects: image.count, warnings };
    } finally {
      port.close();
    }
  }

  /**
   * Takes over the state that is sent; a rehearsal only tries to. Resolves to the duration in milliseconds.
   *
   * @throws `LIVE_DATA_MISMATCH`
   */
  async receive(port: MessagePort, isRehearsal: boolean): Promise<number> {
    const image = await firstMessage(port);
    const began = performance.now();
    if (image) this.pour(image, isRehearsal);
    return performance.now() - began;
  }

  pour(image: KeptImage, isRehearsal = false): void {
    if (!this.#isEvaluated) {
      if (!isRehearsal) this.#early = image;
      return;
    }
    this.noteConstants();
    const { roots, classes } = this.#declared;
    const target = {
      roots,
      classes,
      carried: this.#carried,
      liveData: (wire: unknown) => LiveData.from(wire, this.#liveClasses),
    };
    if (isRehearsal) rehearseKept(image, target);
    else pourKept(image, target);
  }

  /** Gives the host a copy every `saveMs` milliseconds, but never spends more than a fiftieth of this thread's time on copies. */
  startSaving(saver: KeptSaver): void {
    this.stopSaving();
    const saveMs = Math.min(...this.#declared.saveTimes);
    if (!isTimeable(saveMs)) return;
    let isFailing = false;
    const wait = (ms: number): void => {
      this.#timer = setTimeout(() => {
        const began = performance.now();
        try {
          saver.save(this.#encode(false).image).catch(() => {});
          isFailing = false;
        } catch (error) {
          if (!isFailing) saver.onFailed(error);
          isFailing = true;
        }
        wait(Math.max(saveMs, LEAST_PAUSE * (performance.now() - began)));
      }, ms);
      this.#timer.unref();
    };
    wait(saveMs);
  }

  stopSaving(): void {
    clearTimeout(this.#timer);
  }

  #encode(isRehearsal: boolean): ReturnType<typeof encodeKept> {
    const { roots: own, classes } = this.#declared;
    const roots = Array.from(own, ([name, { root, made, facts }]) => {
      return [name, { state: root, made, fingerprint: facts?.fingerprint ?? '' }] as const;
    });
    return encodeKept({ roots: new Map(roots), classes, carried: this.#carried }, isRehearsal);
  }
}

function declarationsOf(
  { keptRoots, ownSymbols }: ArtifactModule,
  facts: KeptFacts | undefined,
): KeptDeclarations {
  const kept = keptRoots?.roots ?? new Map<string, KeptRoot>();
  const check: ShapeCheck = new ShapeCheck(facts?.types ?? {}, (name) => classes.get(name)?.type);
  const roots = new Map(Array.from(kept, ([name, root]) => [name, withFacts(name, root, facts, check)]));
  const classes = new KeptClasses({
    symbols: ownSymbols?.() ?? new Map(),
    registered: keptRoots?.registered ?? new Map(),
    facts: (facts?.classes ?? []).map((one) => classFacts(one, check)),
    roots: new Set(Array.from(roots.values(), ({ root }) => root)),
  });
  return { roots, classes, saveTimes: Array.from(kept.values(), ({ saveMs }) => saveMs ?? Infinity) };
}

function unseen(name: string): LiveswapError {
  return new LiveswapError(
    'OPTION_INVALID',
    `Cannot keep ${name}: the build has not seen that it is kept; call \`kept\` of liveswap/plugin in a file that the entry leads to, or name that file with files.`,
    { option: 'kept', name },
  );
}

function withFacts(name: string, root: KeptRoot, facts: KeptFacts | undefined, check: ShapeCheck): OwnRoot {
  const known = facts?.roots.find((one) => one.name === name);
  if (!known || !facts) return root;
  const { shape, fingerprint } = known;
  const resolved = resolveShape(shape, facts.types);
  const fields = typeof resolved === 'object' && resolved.kind === 'object' ? resolved.fields : [];
  return {
    ...root,
    facts: {
      fingerprint,
      fields: new Map(fields.map((field) => [field.name, (value) => check.faultIn(value, field.shape)])),
      check: (value) => check.faultIn(value, shape),
    },
  };
}

function classFacts(
  { name, fields, fingerprint, was = [] }: ManifestClassFacts,
  check: ShapeCheck,
): KeptClassFacts {
  return {
    name,
    was,
    fingerprint,
    fields: new Map(
      fields.map((field) => [
        field.name,
        // Unset fields are set later.
        (value) => (value === undefined ? undefined : check.faultIn(value, field.shape)),
      ]),
    ),
  };
}

/** Resolves to the image sent on `port`; `undefined` when the other side is gone, or could not send it. */
async function firstMessage(port: MessagePort): Promise<KeptImage | undefined> {
  try {
    const outcome = await Promise.race([
      once(port, 'message') as Promise<[KeptImage]>,
      once(port, 'close').then(() => undefined),
      once(port, 'messageerror').then(([cause]: unknown[]) => {
        throw new LiveswapError(
          'NOT_CLONEABLE',
          'Kept state could not be read by the thread it was sent to.',
          { cause },
        );
      }),
    ]);
    return outcome?.[0];
  } finally {
    port.close();
  }
}

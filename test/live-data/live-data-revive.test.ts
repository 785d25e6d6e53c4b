import { describe, expect, it } from 'vitest';
import type { LiveFieldFacts, LiveTypeFacts } from '../../lib/manifest/manifest.js';
import { shapeText } from '../../lib/manifest/shape-text.js';
import type { Shape } from '../../lib/manifest/shape.js';
import { LiveClasses, LiveData, bindLiveClasses } from '../../lib/live-data/live-data.js';
import type { LiveClass } from '../../lib/live-data/live-data.js';
import { either, listOf, platform, ref } from '../helpers/shapes.js';

/** Returns the facts of a live type; a name that ends in `?` makes an optional field. */
function facts(name: string, fingerprint: string, fields: Record<string, Shape>): LiveTypeFacts {
  return {
    name,
    file: 'index.ts',
    line: 1,
    fingerprint,
    handles: false,
    fields: Object.entries(fields).map(([field, shape]): LiveFieldFacts => ({
      name: field.replace('?', ''),
      type: shapeText(shape),
      shape,
      optional: field.endsWith('?'),
    })),
  };
}

/** Wraps `value` as the version with these classes does. */
function wrapIn<Value>(classes: LiveClasses, value: Value): LiveData<Value> {
  bindLiveClasses(classes);
  try {
    return LiveData.wrap(value);
  } finally {
    bindLiveClasses(new LiveClasses());
  }
}

function unwrapIn<Value>(classes: LiveClasses, data: LiveData): Value {
  return LiveData.from<Value>(structuredClone(data), classes).unwrap();
}

/** Returns the own fields of an object, without its class. */
function fieldsOf(value: object): object {
  return Object.assign({}, value);
}

function live(classes: Record<string, LiveClass>, ...known: LiveTypeFacts[]): LiveClasses {
  return new LiveClasses(classes, known);
}

describe('fields that a class does not know', () => {
  class Live_Order {
    item = '';
  }
  const older = live({ Live_Order }, facts('Live_Order', 'old', { item: 'string' }));

  /** Returns the newest classes, in which an order has a coupon. */
  function newest(upcast?: LiveClass['upcast']): LiveClasses {
    class Live_Newer {
      item = '';
      coupon = 'none';
    }
    const Newest = Object.assign(Live_Newer, upcast && { upcast });
    return live({ Live_Order: Newest }, facts('Live_Order', 'new', { item: 'string', coupon: 'string' }));
  }

  it('go through an older release unseen, and are there again afterwards', () => {
    const queued = LiveData.of('Live_Order', {
      item: 'sword',
      coupon: 'FREE',
      gift: new Map([['to', 'Kay']]),
    });
    const handled = unwrapIn<Live_Order>(older, queued);
    expect(fieldsOf(handled)).toEqual({ item: 'sword' });
    handled.item = 'shield';
    const requeued = LiveData.parse(JSON.stringify(wrapIn(older, { orders: [handled] })));
    const { orders } = unwrapIn<{ orders: object[] }>(newest(), requeued);
    expect(orders.map(fieldsOf)).toEqual([{ item: 'shield', coupon: 'FREE' }]);
    const again = wrapIn(newest(), orders[0]);
    expect(LiveData.from(again, new LiveClasses()).unwrap()).toMatchObject({
      gift: new Map([['to', 'Kay']]),
    });
  });

  it('are in no copy that is made of the fields', () => {
    const handled = unwrapIn<Live_Order>(older, LiveData.of('Live_Order', { item: 'sword', coupon: 'FREE' }));
    const copy = Object.assign(new Live_Order(), handled);
    expect(unwrapIn(newest(), wrapIn(older, copy))).toMatchObject({ coupon: 'none' });
  });

  it('are those that upcast returns: what it leaves out is gone', () => {
    const classes = newest(({ price: _price, ...fields }) => ({ ...fields, rank: 1 }));
    const order = unwrapIn(classes, LiveData.of('Live_Order', { item: 'sword', price: 3 }));
    const data = LiveData.from(wrapIn(classes, order), new LiveClasses()).unwrap();
    expect(data).toEqual({ item: 'sword', coupon: 'none', rank: 1 });
  });
});

describe('live data of a live type', () => {
  it('is revived as the newest class: known fields filled, new ones with their default, old ones dropped', () => {
    class Live_Fire {
      shots = 1;
      readonly target: string = 'gate';
      #heard = 0;
      hear(): number {
        return ++this.#heard;
      }
    }
    const newest = live({ Live_Fire }, facts('Live_Fire', 'b', { shots: 'number', target: 'string' }));
    const fire = unwrapIn<Live_Fire>(newest, LiveData.of('Live_Fire', { shots: 3, powder: 'dry' }));
    expect(fire).toBeInstanceOf(Live_Fire);
    expect(fieldsOf(fire)).toEqual({ shots: 3, target: 'gate' });
    expect(fire.hear()).toBe(1);
    const aimed = unwrapIn<Live_Fire>(newest, LiveData.of('Live_Fire', { target: 'tower' }));
    expect(fieldsOf(aimed)).toEqual({ shots: 1, target: 'tower' });
  });

  it('fills fields that are only declared, optional ones included', () => {
    class Live_Fire {
      declare shots: number;
      declare at?: Date | undefined;
    }
    const newest = live({ Live_Fire }, facts('Live_Fire', 'a', { shots: 'number', 'at?': platform('Date') }));
    const at = new Date(0);
    expect(fieldsOf(unwrapIn<object>(newest, LiveData.of('Live_Fire', { shots: 2, at })))).toEqual({
      shots: 2,
      at,
    });
    expect({
      ...unwrapIn<object>(newest, LiveData.of('Live_Fire', { shots: 2, at: undefined })),
    }).toStrictEqual({
      shots: 2,
      at: undefined,
    });
    expect(() => unwrapIn(newest, LiveData.of('Live_Fire', { shots: undefined, at: null }))).toThrow(
      expect.objectContaining({ path: 'at', expected: 'Date', got: 'null' }),
    );
  });

  it('comes back although a field of it was not set yet', () => {
    class Live_Fire {
      target: string | undefined = undefined;
      shots = 1;
    }
    const newest = live({ Live_Fire }, facts('Live_Fire', 'a', { target: 'string', shots: 'number' }));
    expect(unwrapIn(newest, wrapIn(newest, new Live_Fire()))).toStrictEqual(new Live_Fire());
  });

  it('is refused when a field that the class always sets was not set', () => {
    class Live_Fire {
      shots = 1;
    }
    const newest = live({ Live_Fire }, facts('Live_Fire', 'a', { shots: 'number' }));
    expect(() => unwrapIn(newest, LiveData.of('Live_Fire', { shots: undefined }))).toThrow(
      expect.objectContaining({ path: 'shots', expected: 'number', got: 'undefined' }),
    );
  });

  it('leaves accessors and methods of the class alone, whatever the data says', () => {
    class Live_Fire {
      shots = 1;
      get loud(): boolean {
        return this.shots > 2;
      }
      set loud(_value: boolean) {
        throw new Error('the setter ran');
      }
      handle(): string {
        return 'handled';
      }
    }
    const known = facts('Live_Fire', 'a', { shots: 'number', loud: 'boolean', handle: 'unknown' });
    for (const newest of [live({ Live_Fire }), live({ Live_Fire }, known)]) {
      const data = LiveData.of('Live_Fire', {
        shots: 3,
        loud: false,
        handle: 1,
        constructor: 1,
        toString: 1,
      });
      const fire = unwrapIn<Live_Fire>(newest, data);
      expect(fire.loud).toBe(true);
      expect(fire.handle()).toBe('handled');
      expect(Object.keys(fire)).toEqual(['shots']);
    }
  });

  it('leaves accessors alone that the constructor makes', () => {
    class Live_Fire {
      declare loud: boolean;
      constructor() {
        Object.defineProperty(this, 'loud', { get: () => true, configurable: true });
      }
    }
    const newest = live({ Live_Fire }, facts('Live_Fire', 'a', { loud: 'boolean' }));
    expect(unwrapIn<Live_Fire>(newest, LiveData.of('Live_Fire', { loud: false })).loud).toBe(true);
  });

  it('is revived as deeply nested as it can be guarded', () => {
    class Live_Link {
      next: Live_Link | undefined;
    }
    const known = facts('Live_Link', 'a', { next: either(ref('Live_Link'), 'undefined') });
    const classes = live({ Live_Link }, known);
    const chain = (length: number): Live_Link =>
      Array.from({ length }).reduce<Live_Link>(
        (next) => Object.assign(new Live_Link(), { next }),
        new Live_Link(),
      );
    expect(unwrapIn(classes, wrapIn(classes, chain(166)))).toStrictEqual(chain(166));
    expect(() => wrapIn(classes, chain(167))).toThrow(/is nested more than 500 deep/);
  });

  it('is refused when a field is of another type, and the error keeps the data', () => {
    class Live_Fire {
      shots = 1;
    }
    const newest = live({ Live_Fire }, facts('Live_Fire', 'a', { shots: 'number' }));
    const data = LiveData.of('Live_Fire', { shots: 'three' });
    expect(() => unwrapIn(newest, data)).toThrow(
      expect.objectContaining({
        code: 'LIVE_DATA_MISMATCH',
        type: 'Live_Fire',
        path: 'shots',
        expected: 'number',
        got: 'string',
        data,
        message: expect.stringContaining(
          'Cannot revive Live_Fire: shots should be number, but is string',
        ) as string,
      }),
    );
  });

  it('is compared with the defaults of the class where the types of its fields are not known', () => {
    class Live_Arrow {
      sharp = true;
    }
    class Live_Fire {
      shots = 1;
      at = new Date(0);
      marks: unknown[] = [];
      owner: unknown = null;
      later: unknown;
      arrow = new Live_Arrow();
    }
    const newest = live({ Live_Fire, Live_Arrow });
    for (const [fields, path, expected, got] of [
      [{ shots: '3' }, 'shots', 'number', 'string'],
      [{ at: 'now' }, 'at', 'Date', 'string'],
      [{ marks: {} }, 'marks', 'Array', 'object'],
      [{ arrow: [] }, 'arrow', 'Live_Arrow', 'Array'],
      [{ arrow: { sharp: 1 } }, 'arrow.sharp', 'boolean', 'number'],
    ] as const) {
      expect(() => unwrapIn(newest, LiveData.of('Live_Fire', fields))).toThrow(
        expect.objectContaining({ code: 'LIVE_DATA_MISMATCH', path, expected, got }),
      );
    }
    const sound = {
      shots: 2,
      at: null,
      marks: [1],
      owner: 'Ironkill',
      later: { is: 'now' },
      arrow: { sharp: false },
    };
    const fire = unwrapIn<Live_Fire>(newest, LiveData.of('Live_Fire', sound));
    expect(fieldsOf(fire)).toEqual(sound);
    expect(fire.arrow).toBeInstanceOf(Live_Arrow);
  });

  it('takes the default of the class as a hint when the name of a type is not known', () => {
    class Live_Fire {
      order = { by: 'herald' };
    }
    const newest = live({ Live_Fire }, facts('Live_Fire', 'a', { order: platform('URLPattern') }));
    expect(unwrapIn(newest, LiveData.of('Live_Fire', { order: { by: 'king' } }))).toEqual({
      order: { by: 'king' },
    });
    expect(() => unwrapIn(newest, LiveData.of('Live_Fire', { order: 3 }))).toThrow(
      expect.objectContaining({ path: 'order', expected: 'URLPattern', got: 'number' }),
    );
  });

  it('is revived wherever it is: in fields, arrays, maps, sets, and in plain data', () => {
    class Live_Arrow {
      sharp = true;
    }
    class Live_Quiver {
      arrows: Live_Arrow[] = [];
      named = new Map<Live_Arrow | string, Live_Arrow>();
      kept = new Set<Live_Arrow>();
    }
    const classes = live(
      { Live_Arrow, Live_Quiver },
      facts('Live_Arrow', 'a', { sharp: 'boolean' }),
      facts('Live_Quiver', 'b', {
        arrows: listOf(ref('Live_Arrow')),
        named: platform('Map', either('string', ref('Live_Arrow')), ref('Live_Arrow')),
        kept: platform('Set', ref('Live_Arrow')),
      }),
    );
    const quiver = new Live_Quiver();
    const arrow = Object.assign(new Live_Arrow(), { sharp: false });
    quiver.arrows.push(arrow, new Live_Arrow());
    quiver.named.set('first', arrow).set(arrow, arrow);
    quiver.kept.add(arrow);

    const [revived] = unwrapIn<Live_Quiver[]>(classes, wrapIn(classes, [quiver]));
    expect(revived).toStrictEqual(quiver);
    const [first] = revived!.arrows;
    expect(revived!.named.get('first')).toBe(first);
    expect(revived!.named.get(first!)).toBe(first);
    expect([...revived!.kept]).toEqual([first]);
    expect([...revived!.named.keys()]).toEqual(['first', first]);
  });

  it('keeps cycles through its instances, and makes one instance of what is referred to twice', () => {
    class Live_Guard {
      name = '';
      partner: Live_Guard | undefined;
      squad: Live_Guard[] = [];
    }
    const known = facts('Live_Guard', 'a', {
      name: 'string',
      partner: either(ref('Live_Guard'), 'undefined'),
      squad: listOf(ref('Live_Guard')),
    });
    const classes = live({ Live_Guard }, known);
    const guard = Object.assign(new Live_Guard(), { name: 'Ironkill' });
    guard.partner = Object.assign(new Live_Guard(), { name: 'Needle', partner: guard });
    guard.squad = [guard, guard.partner];
    expect(unwrapIn(classes, wrapIn(classes, guard))).toStrictEqual(guard);

    const fields: Record<string, unknown> = { name: 'Needle' };
    Object.assign(fields, { partner: fields, squad: [fields] });
    const revived = unwrapIn<Live_Guard>(classes, LiveData.of('Live_Guard', fields));
    expect(revived.partner).toBe(revived);
    expect(revived.squad[0]).toBe(revived);

    const shared = { name: 'Syrio' };
    const lead = unwrapIn<Live_Guard>(
      classes,
      LiveData.of('Live_Guard', { partner: shared, squad: [shared, shared] }),
    );
    expect(lead.partner).toBeInstanceOf(Live_Guard);
    expect(lead.squad).toEqual([lead.partner, lead.partner]);
    expect(lead.squad[0]).toBe(lead.partner);
  });

  it('is plain fields where its class is not at hand, and still of its type in the data', () => {
    class Live_Quiver {
      arrow: unknown;
    }
    class Live_Arrow {
      sharp = false;
      self: unknown = this;
    }
    const data = wrapIn(new LiveClasses(), Object.assign(new Live_Quiver(), { arrow: new Live_Arrow() }));
    const { arrow } = unwrapIn<{ arrow: Record<string, unknown> }>(live({ Live_Quiver }), data);
    expect(Object.getPrototypeOf(arrow)).toBe(Object.prototype);
    expect(arrow['sharp']).toBe(false);
    expect(arrow['self']).toBe(arrow);
    const both = unwrapIn<{ arrow: unknown }>(live({ Live_Quiver, Live_Arrow }), data);
    expect(both.arrow).toBeInstanceOf(Live_Arrow);
  });

  it('goes by the name its class is listed under, not by what a bundler calls it', () => {
    const classes = live({
      Live_Fire: class Fire2 {
        shots = 1;
      },
    });
    const data = wrapIn(classes, new (classes.get('Live_Fire')!.class)());
    expect(data.type).toBe('Live_Fire');
  });
});

describe('upcast', () => {
  const calls: unknown[] = [];

  class Live_Fire {
    rounds = 0;
    static upcast(fields: Record<string, unknown>, from: string): Record<string, unknown> {
      calls.push([{ ...fields }, from]);
      return 'shots' in fields ? { rounds: fields['shots'] } : fields;
    }
  }

  const older = live(
    {
      Live_Fire: class {
        shots = 4;
      },
    },
    facts('Live_Fire', 'old', { shots: 'number' }),
  );
  const newest = live({ Live_Fire }, facts('Live_Fire', 'new', { rounds: 'number' }));
  const olderFire = (): object => new (older.get('Live_Fire')!.class)();

  it('is given the fields of an older shape and its fingerprint', () => {
    calls.length = 0;
    expect(unwrapIn(newest, wrapIn(older, olderFire()))).toEqual({ rounds: 4 });
    expect(calls).toEqual([[{ shots: 4 }, 'old']]);
  });

  it('is given an empty fingerprint when who wrote the fields did not have the class', () => {
    calls.length = 0;
    expect(unwrapIn(newest, LiveData.of('Live_Fire', { shots: 2 }))).toEqual({ rounds: 2 });
    expect(calls).toEqual([[{ shots: 2 }, '']]);
  });

  it('is not asked when the shape is the same', () => {
    calls.length = 0;
    const fire = Object.assign(new Live_Fire(), { rounds: 9 });
    expect(unwrapIn(newest, wrapIn(newest, fire))).toEqual({ rounds: 9 });
    expect(calls).toEqual([]);
  });

  it('works inside other live data too, before the fields around it are checked', () => {
    class Live_Battery {
      fires: unknown[] = [];
    }
    const known = facts('Live_Battery', 'a', { fires: listOf(ref('Live_Fire')) });
    const written = live({ Live_Battery, Live_Fire: older.get('Live_Fire')!.class }, known);
    const data = wrapIn(written, Object.assign(new Live_Battery(), { fires: [olderFire()] }));
    const read = live({ Live_Battery, Live_Fire }, known, facts('Live_Fire', 'new', { rounds: 'number' }));
    const { fires } = unwrapIn<Live_Battery>(read, data);
    expect(fires[0]).toBeInstanceOf(Live_Fire);
    expect(fires).toEqual([{ rounds: 4 }]);
  });

  it.each<[title: string, upcast: unknown, problem: string]>([
    [
      'throws',
      () => {
        throw new RangeError('no powder');
      },
      'upcast failed: no powder',
    ],
    ['returns no object', () => 3, 'it returned number, not an object of fields'],
    ['is async', async () => ({}), 'it returned Promise, not an object of fields'],
  ])('that %s refuses the data, and the error keeps it', (_title, upcast, problem) => {
    class Live_Water {
      depth = 1;
    }
    const classes = live({ Live_Water: Object.assign(Live_Water, { upcast }) as unknown as LiveClass });
    const data = LiveData.of('Live_Water', { depth: 2 });
    expect(() => unwrapIn(classes, data)).toThrow(
      expect.objectContaining({
        code: 'LIVE_DATA_MISMATCH',
        data,
        message: expect.stringContaining(problem) as string,
      }),
    );
  });

  it('may return what is of the wrong type, which is refused like any other data', () => {
    class Live_Water {
      depth = 1;
      static upcast(): Record<string, unknown> {
        return { depth: 'deep' };
      }
    }
    const classes = live({ Live_Water }, facts('Live_Water', 'a', { depth: 'number' }));
    expect(() => unwrapIn(classes, LiveData.of('Live_Water', {}))).toThrow(
      expect.objectContaining({ path: 'depth', expected: 'number', got: 'string' }),
    );
  });
});

describe('a class that cannot be revived', () => {
  it('because its constructor throws, refuses the data and keeps it', () => {
    class Live_Fire {
      shots = 1;
      constructor() {
        throw new Error('no powder');
      }
    }
    const data = LiveData.of('Live_Fire', { shots: 1 });
    expect(() => unwrapIn(live({ Live_Fire }), data)).toThrow(
      expect.objectContaining({
        code: 'LIVE_DATA_MISMATCH',
        data,
        cause: expect.objectContaining({ message: 'no powder' }) as Error,
      }),
    );
  });

  it('because it freezes itself, says which field cannot be filled', () => {
    class Live_Fire {
      shots = 1;
      constructor() {
        Object.freeze(this);
      }
    }
    expect(() => unwrapIn(live({ Live_Fire }), LiveData.of('Live_Fire', { shots: 2 }))).toThrow(
      expect.objectContaining({ code: 'LIVE_DATA_MISMATCH', path: 'shots' }),
    );
  });
});

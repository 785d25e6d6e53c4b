import { describe, expect, it } from 'vitest';
import { LiveData, isLiveData, isLiveDataWire } from '../../lib/live-data/live-data.js';

class Live_Fire {
  shots = 3;
  readonly target: string = 'gate';
  #secret = 'hidden';
  get secret(): string {
    return this.#secret;
  }
}

describe('LiveData', () => {
  it('gives back what was wrapped', () => {
    expect(LiveData.wrap({ order: 'advance', steps: [1, 2] }).unwrap()).toEqual({
      order: 'advance',
      steps: [1, 2],
    });
    expect(LiveData.wrap('hold').unwrap()).toBe('hold');
    expect(LiveData.wrap(undefined).unwrap()).toBeUndefined();
  });

  it('is a snapshot: later changes of the original, or of what was unwrapped, do not reach it', () => {
    const order = { steps: ['march'] };
    const data = LiveData.wrap(order);
    order.steps.push('retreat');
    data.unwrap().steps.push('rest');
    expect(data.unwrap()).toEqual({ steps: ['march'] });
    expect(() => Object.assign(data, { type: 'Live_Fire' })).toThrow(TypeError);
  });

  it('names the live type of an instance and keeps its fields, without private ones', () => {
    const data = LiveData.wrap(new Live_Fire());
    expect(data.type).toBe('Live_Fire');
    expect(data.unwrap()).toEqual({ shots: 3, target: 'gate' });
    expect(data.unwrap()).not.toBeInstanceOf(Live_Fire);
  });

  it('is made by the name of a live type, where its class is not at hand', () => {
    const data = LiveData.of('Live_Fire', { shots: 5 });
    expect(data.type).toBe('Live_Fire');
    expect(data.unwrap()).toEqual({ shots: 5 });
  });

  it('refuses fields that are not an object, and types without a name', () => {
    expect(() => LiveData.of('Live_Fire', [] as never)).toThrow(/but got string and Array/);
    expect(() => LiveData.of('', {})).toThrow(expect.objectContaining({ code: 'LIVE_DATA_INVALID' }));
    expect(() => LiveData.of(7 as never, {})).toThrow(/got number and object/);
  });

  it('has no type when it is plain data', () => {
    expect(LiveData.wrap({ type: 'Live_Fire' }).type).toBeUndefined();
  });

  it('is not wrapped twice', () => {
    const data = LiveData.of('Live_Fire', { shots: 5 });
    expect(LiveData.wrap(data)).toEqual(data);
  });

  it('can hold live data', () => {
    const queue = LiveData.wrap({ queue: [LiveData.of('Live_Fire', { shots: 5 })] });
    const [fire] = LiveData.parse<{ queue: LiveData[] }>(JSON.stringify(queue)).unwrap().queue;
    expect(isLiveData(fire)).toBe(true);
    expect(fire!.type).toBe('Live_Fire');
    expect(fire!.unwrap()).toEqual({ shots: 5 });
  });

  it('comes back from JSON, as text and already parsed', () => {
    const data = LiveData.wrap(Object.assign(new Live_Fire(), { at: new Date(0) }));
    const text = JSON.stringify(data);
    for (const json of [text, JSON.parse(text) as unknown, data.toJSON(), data]) {
      const parsed = LiveData.parse(json);
      expect(parsed.type).toBe('Live_Fire');
      expect(parsed.unwrap()).toEqual({ shots: 3, target: 'gate', at: new Date(0) });
    }
  });

  it('comes back from a structured clone, which is recognised', () => {
    const cloned: unknown = structuredClone({ job: LiveData.of('Live_Fire', { at: new Date(0) }) }).job;
    expect(isLiveData(cloned)).toBe(false);
    expect(isLiveDataWire(cloned)).toBe(true);
    const data = LiveData.from(cloned);
    expect(data.type).toBe('Live_Fire');
    expect(data.unwrap()).toEqual({ at: new Date(0) });
  });

  it('refuses what is not live data, naming what it got', () => {
    for (const [json, problem] of [
      ['not json', /not valid JSON|Unexpected token/],
      ['{"shots":3}', /expected the result of LiveData.toJSON\(\), but got object/],
      ['null', /but got null/],
      [new Map(), /but got Map/],
      [{ liveData: 'liveswap/9', data: '[]' }, /written as liveswap\/9, but this liveswap reads liveswap\/1/],
      [{ liveData: 'liveswap/1' }, /expected the result of LiveData\.toJSON\(\)/],
    ] as const) {
      expect(() => LiveData.parse(json)).toThrow(problem);
      expect(() => LiveData.parse(json)).toThrow(expect.objectContaining({ code: 'LIVE_DATA_INVALID' }));
    }
  });

  it('notices when it is parsed that it was altered or cut, and keeps what is left of it', () => {
    const sound = LiveData.wrap(new Live_Fire()).toJSON();
    const damaged = [
      { ...sound, data: sound.data.slice(0, -4) },
      { ...sound, data: '' },
      { ...sound, type: 'Live_Water' },
      { ...sound, data: '[{"shots":1},3]' },
      { ...sound, data: '[["Live",1],["Live_Fire",-1]]' },
      { ...sound, data: '[["Live",1],["Live_Fire",-1,0]]' },
      { ...sound, data: '[["Live",0]]' },
      { ...sound, data: '[["Live",1],{"__proto__":2},1]' },
      { ...sound, data: '[["Live",1],["Live_Fire",-1,2],[-1]]' },
      { liveData: sound.liveData, data: '[["Buffer",1],"bytes"]' },
      { liveData: sound.liveData, data: '[["Buffer",1],{"buffer":2},{"length":3},4]' },
      { liveData: sound.liveData, data: '[["LiveData",1],{}]' },
    ];
    for (const wire of damaged) {
      expect(() => LiveData.parse(wire), wire.data).toThrow(
        expect.objectContaining({
          code: 'LIVE_DATA_INVALID',
          data: expect.objectContaining({ data: wire.data }),
        }),
      );
    }
  });

  it('answers to instanceof and isLiveData, unlike its look-alikes', () => {
    const data = LiveData.wrap(1);
    expect(data instanceof LiveData && isLiveData(data)).toBe(true);
    for (const other of [null, undefined, 'x', {}, data.toJSON(), { [Symbol.for('liveswap.LiveData')]: 1 }]) {
      expect(other instanceof LiveData || isLiveData(other)).toBe(false);
    }
  });
});

/** Ratio between neighbouring buckets: a quantile is at most 2.5 % off. */
const GROWTH = 1.05;
const SMALLEST_MS = 0.001;
const LARGEST_MS = 3_600_000;
const perBucket = Math.log(GROWTH);
const bucketCount = Math.ceil(Math.log(LARGEST_MS / SMALLEST_MS) / perBucket) + 1;

/** Histogram of durations from a microsecond to an hour, in a fixed number of buckets, so that it never grows. */
export class Histogram {
  readonly #buckets = new Uint32Array(bucketCount);
  /** Index of the first bucket that is not empty. */
  #first = bucketCount;
  #count = 0;
  #sumMs = 0;

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  record(ms: number): void {
    this.#count++;
    this.#sumMs += ms;
    const index = ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / perBucket);
    const bucket = Math.min(index, bucketCount - 1);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    if (bucket < this.#first) this.#first = bucket;
  }

  /** Adds the durations of another histogram. */
  add(other: Histogram): void {
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
    this.#first = Math.min(this.#first, other.#first);
    for (let index = other.#first; index < bucketCount; index++) {
      this.#buckets[index] = (this.#buckets[index] ?? 0) + (other.#buckets[index] ?? 0);
    }
  }

  /**
   * Returns the duration in milliseconds that the share `q` (0 to 1) of the durations did not exceed; `undefined` if there are
   * none.
   */
  quantile(q: number): number | undefined {
    if (this.#count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(q * this.#count));
    const buckets = this.#buckets;
    let seen = 0;
    for (let index = this.#first; index < buckets.length; index++) {
      seen += buckets[index] ?? 0;
      if (seen >= wanted) return middleOf(index);
    }
    return LARGEST_MS;
  }
}

function middleOf(bucket: number): number {
  return bucket === 0 ? SMALLEST_MS : SMALLEST_MS * GROWTH ** (bucket - 0.5);
}

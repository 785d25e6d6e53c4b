/**
 * Resolves to the results of `run` for each of `items`, in their order; at most `limit` run at a time. Rejects like
 * `Promise.all`, and then begins nothing more.
 */
export async function mapLimited<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  // The lanes share the queue: each takes the next item when it is done with the previous one.
  const queue = [...items].entries();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await run(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}

import DataLoader from 'dataloader';
import type { Context } from './context.ts';

/** Reads what belongs to several keys at once, one value per key, in their order. */
type Read<Key, Args, Value> = (
  context: Context,
  keys: readonly Key[],
  args: Args,
) => Promise<readonly Value[]>;

type Loader = { clearAll(): unknown };

/** What was read in each context, by reader and arguments. */
const loaders = new WeakMap<Context, Map<unknown, Map<string, Loader>>>();

/**
 * A reader that loads all keys that are requested together with the same arguments in one call, and each key
 * once per context. Keys and arguments are told apart by their JSON.
 */
export function batched<Key, Args, Value>(
  read: Read<Key, Args, Value>,
): (context: Context, key: Key, args: Args) => Promise<Value> {
  const own = new WeakMap<Context, Map<string, DataLoader<Key, Value, string>>>();
  return (context, key, args) => {
    const ofContext = own.get(context) ?? new Map<string, DataLoader<Key, Value, string>>();
    own.set(context, ofContext);
    const name = JSON.stringify(args);
    const known = ofContext.get(name);
    if (known !== undefined) return known.load(key);
    const loader = new DataLoader<Key, Value, string>((keys) => read(context, keys, args), {
      cacheKeyFn: (each) => JSON.stringify(each),
    });
    ofContext.set(name, loader);
    const all = loaders.get(context) ?? new Map<unknown, Map<string, Loader>>();
    loaders.set(context, all.set(own, ofContext));
    return loader.load(key);
  };
}

/** Forgets what was read in a context, because a mutation has changed it. */
export function forgetReads(context: Context): void {
  for (const ofReader of loaders.get(context)?.values() ?? []) {
    for (const loader of ofReader.values()) loader.clearAll();
  }
  for (const loader of [context.partners, context.facts, context.changes]) loader.clearAll();
}

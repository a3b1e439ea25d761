import fc from 'fast-check';
import { long } from '../../support/long.ts';

/** `PROPERTY_RUNS` and `PROPERTY_SEED` let a failing run be repeated, or a longer one be made. */
const runs = Number(process.env.PROPERTY_RUNS ?? long(100, 1_000));

/** Checks a property with a hundred runs, a thousand in the long form, and prints the seed that would repeat them. */
export function checkProperty<T>(property: fc.IProperty<T>, name = ''): void {
  const seed = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);
  console.info(`property ${name}: ${runs} runs, seed ${seed}`);
  fc.assert(property, { numRuns: runs, seed });
}

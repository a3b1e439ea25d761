import fc from 'fast-check';
import { long } from '../../support/long.ts';

/** `PROPERTY_RUNS` and `PROPERTY_SEED` let a failing run be repeated, or a longer one be made. */
const { PROPERTY_RUNS, PROPERTY_SEED } = process.env;

/**
 * Checks a property with a hundred runs, a thousand in the long form, or as many as it asks for, and prints
 * the seed that would repeat them.
 */
export function checkProperty<T>(
  property: fc.IProperty<T>,
  name = '',
  usualRuns: number = long(100, 1_000),
): void {
  const runs = Number(PROPERTY_RUNS ?? usualRuns);
  const seed = Number(PROPERTY_SEED ?? Date.now() % 2 ** 31);
  console.info(`property ${name}: ${runs} runs, seed ${seed}`);
  fc.assert(property, { numRuns: runs, seed });
}

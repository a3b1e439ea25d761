/** Whether the tests run in their long form: `npm run test:long` sets LONG=1. */
export const isLong = process.env.LONG === '1';

/**
 * How much of something a test does: `short` in `npm test`, which has 3 minutes for everything, `full` before
 * a release. The short form has to fail too when what it tests is wrong; the full one finds what is rare.
 */
export function long<T>(short: T, full: T): T {
  return isLong ? full : short;
}

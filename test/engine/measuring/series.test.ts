import { expect, test } from 'vitest';
import { steps } from '../../../src/engine/measuring/series.ts';

test('a step is worked out once for all its days, and kept for a look back, but no more than two are', () => {
  const asked: number[] = [];
  const value = (day: number) => {
    asked.push(day);
    return { day };
  };
  const series = steps([10, 20, 30], value);
  const first = series.at(10);
  expect(series.at(19)).toBe(first);
  expect(series.at(20)).toEqual({ day: 20 });
  expect(series.at(12)).toBe(first);
  expect(series.at(25)).toEqual({ day: 20 });
  expect(series.at(1)).toEqual({ day: Number.NEGATIVE_INFINITY });
  expect(asked).toEqual([10, 20, Number.NEGATIVE_INFINITY]);
  expect(series.at(99)).toEqual({ day: 30 });
  // Let go meanwhile.
  expect(series.at(10)).toEqual({ day: 10 });
  expect(asked).toEqual([10, 20, Number.NEGATIVE_INFINITY, 30, 10]);
});

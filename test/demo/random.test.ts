import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/demo/random.ts';

describe('a stream of random numbers', () => {
  test('repeats for the same seed and differs for every part of it', () => {
    const draw = (...seed: (number | string)[]) => {
      const random = createRandom(...seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    const streams = [draw(1, 'a'), draw(1, 'b'), draw(2, 'a'), draw('1a'), draw(1)];
    expect(new Set(streams.map(String)).size).toBe(streams.length);
  });

  test('is spread evenly: ten tenths of 100,000 draws differ by less than 5 %', () => {
    const random = createRandom('even');
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const tenth = random.integer(0, 9);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(9_500);
    expect(Math.max(...tenths)).toBeLessThan(10_500);
  });

  test('keeps to its bounds, weights and items', () => {
    const random = createRandom('bounds');
    for (let draw = 0; draw < 2_000; draw += 1) {
      expect([3, 4, 5]).toContain(random.integer(3, 5));
      expect(Math.abs(random.around(10, 2) - 10)).toBeLessThanOrEqual(7);
      expect(random.weighted([['never', 0] as const, ['always', 1] as const])).toBe('always');
    }
    expect(random.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(() => random.pick([])).toThrow('nothing to pick from');
  });
});

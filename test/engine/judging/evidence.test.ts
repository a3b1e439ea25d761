import { describe, expect, it } from 'vitest';
import { evidence } from '../../../src/engine/judging/evidence.ts';
import {
  day,
  documentFor,
  factory,
  partnerWith,
  proveOn,
  requirementOf,
  rulebookOf,
} from '../support/measuring.ts';

const window = { allTime: true };

describe('the facts behind a number', () => {
  const fact = factory();
  const sold = (area: string, value: string) =>
    fact('revenue', { on: '2026-01-01', value, attributes: { area } });
  const requirement = {
    forEach: {
      dimension: 'attributes.area',
      where: { measure: 'spend', above: '0' },
      need: 'ALL',
      body: { measure: 'spend', atLeast: '5' },
    },
  };
  const rulebook = rulebookOf(
    documentFor(
      { allOf: [requirement, { measure: 'spend', atLeast: '1' }] },
      {
        measures: { spend: { metric: { fact: 'revenue', aggregate: 'SUM', window } } },
      },
    ),
  );
  const [video, search] = [sold('video', '3'), sold('search', '9')];
  const partner = partnerWith([video, search]);
  const on = day('2026-06-30');

  it('are those of the whole partner, or of one item', () => {
    expect(evidence(partner, rulebook, on, { path: '/measures/spend' })).toEqual({
      counted: [video, search],
      excluded: [],
    });
    expect(evidence(partner, rulebook, on, { path: '/measures/spend', item: 'search' })).toEqual({
      counted: [search],
      excluded: [{ fact: video, reason: 'FILTERED_OUT' }],
    });
  });

  it('are those of an item of the right dimension, where a named measure stands in forEachs over two', () => {
    const over = (dimension: string) => ({ forEach: { ...requirement.forEach, dimension } });
    const measures = { spend: { metric: { fact: 'revenue', aggregate: 'SUM', window } } };
    const both = { allOf: [over('attributes.area'), over('region')] };
    const here = fact('revenue', {
      on: '2026-01-01',
      value: '7',
      attributes: { area: 'video', region: 'A' },
    });
    const there = fact('revenue', { on: '2026-01-01', value: '8', attributes: { area: 'A', region: 'B' } });
    const known = partnerWith([here, there]);
    const rules = rulebookOf(documentFor(both, { measures }));
    const ofRegion = evidence(known, rules, on, { path: '/measures/spend', item: 'A', dimension: 'region' });
    expect(ofRegion).toEqual({ counted: [here], excluded: [{ fact: there, reason: 'WRONG_REGION' }] });
    const ofArea = evidence(known, rules, on, {
      path: '/measures/spend',
      item: 'A',
      dimension: 'attributes.area',
    });
    expect(ofArea).toEqual({ counted: [there], excluded: [{ fact: here, reason: 'FILTERED_OUT' }] });
    expect(requirementOf(proveOn(known, rules, '2026-06-30'), 'GOLD')).toMatchObject({
      parts: [
        { proof: { items: [{ proof: { actual: { item: 'A', dimension: 'attributes.area' } } }, {}] } },
        { proof: { items: [{ proof: { actual: { item: 'A', dimension: 'region' } } }, {}] } },
      ],
    });
  });

  it('are none where the rulebook has no such number', () => {
    expect(evidence(partner, rulebook, on, { path: '/measures/profit' })).toEqual({
      counted: [],
      excluded: [],
    });
  });

  it('add up to the proof', () => {
    const proof = requirementOf(proveOn(partner, rulebook, '2026-06-30'), 'GOLD');
    expect(proof).toMatchObject({
      parts: [
        { proof: { items: [{ proof: { actual: { sample: 1 } } }, { proof: { actual: { sample: 1 } } }] } },
        { proof: { actual: { sample: 2, path: '/measures/spend', item: null } } },
      ],
    });
  });
});

import { isInterfaceType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { FACT_TYPE_NAMES } from '../../schema/base/node.ts';
import { REFUSAL_TYPE_NAMES } from '../../schema/base/refusal.ts';
import { STATUS_CHANGE_TYPES } from '../../schema/changes/status-change.ts';
import { schema } from '../../schema/index.ts';
import { PROOF_TYPE_NAMES } from '../../schema/proofs/requirement-proof.ts';
import { REQUIREMENT_TYPE_NAMES } from '../../schema/rulebooks/requirement.ts';

test.each([
  ['Fact', FACT_TYPE_NAMES],
  ['Refusal', REFUSAL_TYPE_NAMES],
  ['StatusChange', STATUS_CHANGE_TYPES],
  ['RequirementProof', PROOF_TYPE_NAMES],
  ['Requirement', REQUIREMENT_TYPE_NAMES],
])('the types that %s resolves to are those that implement it', (name, names) => {
  const type = schema.getType(name);
  if (!isInterfaceType(type)) throw new Error(`${name} is no interface.`);
  const implementing = schema.getPossibleTypes(type).filter(isObjectType);
  const resolved: readonly string[] = Object.values(names);
  expect([...resolved].sort()).toEqual(implementing.map((each) => each.name).sort());
});

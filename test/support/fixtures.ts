import type { App } from '../../src/app/context/app.ts';
import type { FactInput } from '../../src/app/naming/fact-input.ts';
import { createProgram } from '../../src/app/writing/create-program.ts';
import { enrollPartners, type PartnerInput } from '../../src/app/writing/enroll-partners.ts';
import { publishRulebook } from '../../src/app/writing/publish-rulebook.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import { type Day, parseDay } from '../../src/engine/values/day.ts';

/** The day that an ISO date names; a test that misspells one fails. */
export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === null) throw new Error(`${text} is no day`);
  return parsed;
}

/** Narrows an outcome to the one that is no refusal, or fails with what it says. */
export function granted<T extends object>(outcome: T): Exclude<T, { refused: string }> {
  if ('refused' in outcome) throw new Error(JSON.stringify(outcome));
  return outcome as Exclude<T, { refused: string }>;
}

function text(en: string) {
  return { en, de: en };
}

/** Silver from 100 EUR in 12 months, Gold from 1,000 EUR and two valid Video certificates; Video from one. */
export const SMALL_RULEBOOK = {
  format: 1,
  currencies: [{ from: '2000-01-01', equal: { EUR: '1', USD: '1.25' } }],
  measures: {
    revenue: {
      name: text('Revenue'),
      metric: { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } } },
    },
  },
  tiers: [
    { code: 'BASE', name: text('Base') },
    { code: 'SILVER', name: text('Silver'), requirement: { measure: 'revenue', atLeast: '100' } },
    {
      code: 'GOLD',
      name: text('Gold'),
      requirement: { allOf: [{ measure: 'revenue', atLeast: '1000' }, { specialization: 'VIDEO' }] },
    },
  ],
  specializations: [
    {
      code: 'VIDEO',
      name: text('Video'),
      requirement: {
        persons: [{ name: text('experts'), count: 1, where: [{ field: 'credential', in: ['VIDEO'] }] }],
      },
    },
  ],
  policy: { promotion: { mode: 'AT_ONCE' }, demotion: { mode: 'AT_ONCE', step: 'WHOLE' } },
};

/** Makes the programme `small` with SMALL_RULEBOOK in force since 2020; returns its id. */
export async function createSmallProgram(app: App, code = 'small', timeZone = 'UTC'): Promise<string> {
  const { programId } = granted(
    await createProgram(app, {
      code,
      name: 'Small',
      timeZone,
      currency: 'EUR',
      fiscalYearFirstMonth: 1,
      satisfactionScale: { minimum: '0', maximum: '10' },
      measurementKinds: [],
    }),
  );
  await publish(app, code, SMALL_RULEBOOK, '2020-01-01');
  return programId;
}

/** Saves and publishes a rulebook; returns its id. */
export async function publish(
  app: App,
  program: string,
  document: unknown,
  effectiveFrom: string,
): Promise<string> {
  const draft = granted(await saveRulebookDraft(app, { program, document, draft: null }));
  granted(await publishRulebook(app, { rulebook: draft.rulebookId, effectiveFrom: day(effectiveFrom) }));
  return draft.rulebookId;
}

/** Enrols partners with these references since 2020; returns their ids. */
export async function enroll(
  app: App,
  refs: readonly string[],
  program = 'small',
): Promise<readonly string[]> {
  const partners = refs.map(
    (externalRef): PartnerInput => ({
      externalRef,
      name: `Partner ${externalRef}`,
      country: 'DE',
      region: 'DACH',
      parent: null,
      enrolledOn: day('2020-01-01'),
    }),
  );
  const { outcomes } = granted(await enrollPartners(app, { program, partners }));
  return outcomes.map((outcome) => granted(outcome).partnerId);
}

/** A revenue row. */
export function revenue(externalId: string, partner: string, amount: string, occurredOn: string): FactInput {
  return {
    externalId,
    partner,
    occurredOn,
    detail: { type: 'revenue', amount, currency: 'EUR', attributes: [] },
  };
}

/** A row for a Video certificate. */
export function certificate(
  externalId: string,
  partner: string,
  person: string,
  occurredOn: string,
  expiresOn: string | null,
): FactInput {
  return {
    externalId,
    partner,
    occurredOn,
    detail: { type: 'certification', person, credential: 'VIDEO', expiresOn, attributes: [] },
  };
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { OutcomeUnknown } from '../../src/store/connection/outage.ts';
import { createSmallProgram, enroll, revenue } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.ts';

let postgres: OwnPostgres;
let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  opened = await openTestApp({ location: { kind: 'server', url: postgres.url } });
  await createSmallProgram(opened.app);
  await enroll(opened.app, ['A']);
});
afterAll(async () => {
  await opened.close();
  await postgres.close();
});

test('while PostgreSQL restarts writes are told to try again, and what is sent again is recorded once', async () => {
  let restarted = false;
  const restarting = postgres.restart().then(() => {
    restarted = true;
  });
  const answers: string[] = [];
  let sent = 0;
  const record = async (): Promise<string> => {
    const facts = [revenue(`f${sent}`, 'A', '1', '2026-11-01')];
    try {
      const outcome = await recordFacts(opened.app, {
        program: 'small',
        source: 's',
        facts,
        onError: 'REJECT_ALL',
      });
      return 'refused' in outcome ? outcome.refused : 'RECORDED';
    } catch (error) {
      if (error instanceof OutcomeUnknown) return 'UNKNOWN';
      throw error;
    }
  };
  while (!restarted || answers.at(-1) !== 'RECORDED') {
    const answer = await record();
    answers.push(answer);
    if (answer === 'RECORDED') sent++;
  }
  await restarting;
  expect(answers).toContain('TRY_AGAIN');
  expect(new Set(answers).difference(new Set(['TRY_AGAIN', 'RECORDED', 'UNKNOWN']))).toEqual(new Set());
  expect(await opened.app.database.prisma.fact.count()).toBe(sent);
});

import { expect, test } from 'vitest';
import { unauthenticated } from '../../../src/server/admission/authentication.ts';
import { waitFor } from '../../support/wait-for.ts';
import { hasBrowser, openPage, unlessNotRun } from '../support/browser.ts';
import { startToyServer } from '../support/toy-server.ts';

test.skipIf(!hasBrowser)(
  `where keys are needed the page asks for one, and sends it with queries and subscriptions${unlessNotRun}`,
  async () => {
    const toy = await startToyServer({
      identify: async (authorization) => {
        if (authorization !== 'Bearer tg_1') throw unauthenticated('Send a key.');
        return null;
      },
      examples: [
        { query: 'query Hello { hello }' },
        { query: 'subscription Counted { counted { number } }' },
      ],
    });
    const opened = await openPage(toy.url);
    const { page, play, result, showTab } = opened;
    const firstLine = page.locator('.graphiql-query-editor .view-line').first();
    expect((await firstLine.innerText()).replaceAll('\u00a0', ' ')).toContain('This server needs a key');
    await play();
    await waitFor(async () => (await result()).includes('UNAUTHENTICATED'), { what: 'the refusal' });
    for (const [name, answer] of [
      ['Hello', '"world"'],
      ['Counted', '"number": 7'],
    ] as const) {
      await showTab(name);
      await page.getByRole('button', { name: 'Headers' }).click();
      // Behind "Bearer", in the second of three lines, before the quotation mark.
      await page.locator('.graphiql-editor-tool .view-lines:visible').click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.type('tg_1');
      await play();
      if (name === 'Counted') {
        await toy.feed.subscribers(1);
        toy.feed.push(7);
      }
      await waitFor(async () => (await result()).includes(answer), { what: answer });
    }
    await opened.close();
    await toy.server.close();
  },
);

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { waitFor } from '../../support/wait-for.ts';

// GraphiQL in a real browser, without a network. It needs Chromium, on Debian `apt-get install chromium`, or
// its path as CHROMIUM.

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executablePath = findChromium();

/** Whether there is a browser to try the page in. */
export const hasBrowser = executablePath !== undefined;

/** What to add to the name of a test that needs a browser. */
export const unlessNotRun = hasBrowser
  ? ''
  : ' (not run: there is no Chromium; install it, or set CHROMIUM to its path)';

/** GraphiQL, opened in a browser of its own. */
export type OpenedPage = {
  readonly page: Page;
  /** What the console complains of, and every request to another server. */
  readonly complaints: string[];
  play(): Promise<void>;
  /** Presses Play until the answer has this text. */
  playUntil(text: string): Promise<void>;
  /** What is shown as the answer. */
  result(): Promise<string>;
  /** Shows the tab with the operation of this name. */
  showTab(name: string): Promise<void>;
  close(): Promise<void>;
};

/** Opens the page of the server at this address. */
export async function openPage(url: string): Promise<OpenedPage> {
  const browser: Browser = await chromium.launch({ executablePath: executablePath ?? '', args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url)) {
      complaints.push(`asked for ${request.url()}`);
    }
  });
  const button = page.getByRole('button', { name: /execute query/i });
  await page.goto(`${url}/graphql`);
  await button.waitFor();
  const play = () => button.click();
  // The editor makes each space one that does not break.
  const result = async () => (await page.locator('.result-window').innerText()).replaceAll('\u00a0', ' ');
  return {
    page,
    complaints,
    play,
    result,
    async playUntil(text) {
      await play();
      await waitFor(
        async () => {
          const shown = await result();
          // For a moment after a tab was shown GraphiQL still goes by the operation of the one before.
          if (shown.includes('Cannot infer operation')) await play();
          return shown.includes(text);
        },
        { what: text },
      );
    },
    async showTab(name) {
      await page.locator('.graphiql-tab-button', { hasText: name }).dispatchEvent('click');
      await page.locator('.graphiql-tab-active', { hasText: name }).waitFor();
    },
    close: () => browser.close(),
  };
}

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [process.env.CHROMIUM ?? '', ...paths].find((path) => path !== '' && existsSync(path));
}

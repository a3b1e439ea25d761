import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { onStopSignal } from '../stop-signals.ts';
import { createFeedServer } from './feed-server.ts';
import { createRandom } from './random.ts';
import { type FeedTotals, runFeed } from './run-feed.ts';

// `npm run feed`: believable new facts for the demo programme of a running server, sent through GraphQL.

const USAGE = `npm run feed -- [--url http://127.0.0.1:4000/graphql] [--rate 5] [--count N] [--seed S]

  --url    the server's GraphQL endpoint; by default where HOST and PORT say
  --rate   facts a second, more than 0 and at most 1000
  --count  stop after so many facts; without it the feed runs until Ctrl+C
  --seed   makes the stream repeatable; without it each run is another one`;

type Settings = { url: string; rate: number; count: number | null; seed: string };

/** Reads the command line; a sentence if it can't be followed. */
function readSettings(args: readonly string[]): Settings | string {
  const option = { type: 'string' } as const;
  let values: { url?: string; rate?: string; count?: string; seed?: string };
  try {
    const options = { url: option, rate: option, count: option, seed: option };
    values = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const url = values.url ?? ownUrl();
  if (url === null) return '--url: the settings do not say where the server is';
  const rate = Number(values.rate ?? 5);
  const count = values.count === undefined ? null : Number(values.count);
  if (!URL.canParse(url)) return `--url: ${url} is no URL`;
  if (!(rate > 0 && rate <= 1_000)) return '--rate: a number above 0, at most 1000';
  if (count !== null && !(Number.isInteger(count) && count > 0)) return '--count: a whole number above 0';
  return { url, rate, count, seed: values.seed ?? crypto.randomUUID() };
}

/** Where a server with the same settings is; null where that can't be known. */
function ownUrl(): string | null {
  const read = readConfig(process.env);
  if (!read.ok || read.config.port === 0) return null;
  const { host, port } = read.config;
  const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}/graphql`;
}

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2));
  if (typeof settings === 'string') {
    console.error(`${settings}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  const wait = (milliseconds: number) => sleep(milliseconds, undefined, { signal: stop.signal });
  const screen = createScreen();
  try {
    const totals = await runFeed({
      ...settings,
      server: createFeedServer({
        url: settings.url,
        fetch,
        wait,
        onAway: (reason) => screen.say(`waiting for ${settings.url}: ${reason}`),
      }),
      random: createRandom(settings.seed),
      runId: crypto.randomUUID().slice(0, 8),
      now: () => performance.now(),
      wait,
      signal: stop.signal,
      onProgress(progress, news) {
        for (const sentence of news) screen.say(sentence);
        screen.show(line(progress));
      },
    });
    screen.say(`${line(totals)}, done`);
  } catch (error) {
    screen.say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

function line({ sent, recorded, changes, refused }: FeedTotals): string {
  return `${sent} sent, ${recorded} recorded, ${changes} changes${refused === 0 ? '' : `, ${refused} refused`}`;
}

/** Sentences scroll, the progress line stays at the bottom; without a terminal it is printed now and then. */
function createScreen() {
  const { stdout } = process;
  let printedAt = Number.NEGATIVE_INFINITY;
  const clear = () => (stdout.isTTY ? '\r\u001b[K' : '');
  return {
    say: (sentence: string) => void stdout.write(`${clear()}${sentence}\n`),
    show(progress: string) {
      if (stdout.isTTY) stdout.write(`${clear()}${progress}`);
      else if (performance.now() - printedAt >= 5_000) {
        printedAt = performance.now();
        stdout.write(`${progress}\n`);
      }
    },
  };
}

await main();

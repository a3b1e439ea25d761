// Follows every change of status: npx node examples/follow.ts cursor.txt
//
// The file keeps the place in the log. Started again, the program continues there, and misses nothing. After
// Ctrl+C nothing comes twice either; only a program that is killed between an event and the keeping of its
// place gets that event again.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { followStatusChanges } from 'tiergraph/client';

const [file = 'cursor.txt'] = process.argv.slice(2);

const changes = followStatusChanges({
  url: process.env.TIERGRAPH_URL ?? 'http://localhost:4000/graphql',
  program: 'connect',
  token: process.env.TIERGRAPH_KEY,
  after: existsSync(file) ? readFileSync(file, 'utf8') : null,
  onConnection: ({ type }) => console.error(type),
});

process.once('SIGINT', () => void changes.return?.());

for await (const event of changes) {
  switch (event.__typename) {
    case 'StatusChanged':
      console.log(`${event.change.partner.externalRef}: ${event.change.explanation}`);
      break;
    case 'Resync':
      // What lies in between can't be replayed, after a restore for example: read the lists again.
      console.log(`The log became another one (${event.reason}).`);
      break;
    case 'Checkpoint':
      break;
  }
  // After the event was dealt with, and in one step: a half-written place would be none.
  writeFileSync(`${file}.new`, event.cursor);
  renameSync(`${file}.new`, file);
}

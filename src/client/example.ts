// Prints a programme's status changes as they come, until Ctrl+C. Started again with the last cursor, it
// continues there.
//
//   node src/client/example.ts [url] [program] [cursor]
import { followStatusChanges } from './follow-status-changes.ts';

const [url = 'http://127.0.0.1:4000/graphql', program = 'connect', after] = process.argv.slice(2);

const changes = followStatusChanges({
  url,
  program,
  after,
  onConnection: (state) => console.error(state),
});
for await (const event of changes) {
  switch (event.__typename) {
    case 'StatusChanged':
      console.log(`${event.change.partner.name}: ${event.change.explanation} (${event.cursor})`);
      break;
    case 'Checkpoint':
      if (event.caughtUp) console.log(`Nothing is missing up to here. (${event.cursor})`);
      break;
    case 'Resync':
      console.log(`What came before cannot be replayed (${event.reason}): ask again. (${event.cursor})`);
      break;
  }
}

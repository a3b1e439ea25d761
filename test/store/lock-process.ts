// Takes data folders for a test, each when it is told to, and keeps them until it is told to give them back,
// or ends.
import { lockFolder } from '../../src/store/connection/folder-lock.ts';

export type Order = { readonly type: 'TAKE' | 'GIVE_BACK'; readonly folder: string };

const held = new Map<string, () => void>();

process.on('message', ({ type, folder }: Order) => {
  if (type === 'GIVE_BACK') {
    held.get(folder)?.();
    process.send?.('GIVEN_BACK');
    return;
  }
  try {
    held.set(folder, lockFolder(folder));
    process.send?.('TAKEN');
  } catch (error) {
    process.send?.(error instanceof Error ? error.message : String(error));
  }
});
// The test has ended, however it did.
process.on('disconnect', () => process.exit());
process.send?.('READY');

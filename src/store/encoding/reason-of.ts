/**
 * What an error says; what its parts say where it says nothing itself, as when a host has several addresses
 * and none answers.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  if (error instanceof Error) return error.message;
  return fileSystemReason(error) ?? String(error);
}

/** By the numbers of WASI, which the file system of the embedded database throws. */
const FILE_SYSTEM_REASONS: Readonly<Record<number, string>> = {
  2: 'permission is denied',
  19: 'the quota of the disk is used up',
  29: 'the disk cannot be read or written',
  33: 'the process has too many files open',
  51: 'no space is left on the disk',
  63: 'the operation is not permitted',
  69: 'the file system can only be read',
};

function fileSystemReason(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return null;
  const { errno } = error;
  return typeof errno === 'number' ? (FILE_SYSTEM_REASONS[errno] ?? `ErrnoError ${errno}`) : null;
}

/** What a server under measurement is asked by its parent process. */
export type Command =
  /** Sends one event to every subscriber; a server that follows a log has it from there instead. */
  { readonly type: 'EMIT' } | { readonly type: 'CPU' } | { readonly type: 'STOP' };
export type Answer =
  | { readonly type: 'READY'; readonly url: string }
  /** Processor time since the start, in microseconds. */
  | { readonly type: 'CPU'; readonly microseconds: number };

/**
 * Lets the parent process measure this one: says where it serves, emits when told, and tells its processor
 * time.
 */
export function serve(url: string, emit: () => void, stop: () => Promise<void>): void {
  const answer = (message: Answer): void => void process.send?.(message);
  process.on('message', ({ type }: Command) => {
    if (type === 'EMIT') emit();
    else if (type === 'CPU') {
      const { user, system } = process.cpuUsage();
      answer({ type: 'CPU', microseconds: user + system });
    } else void stop().then(() => process.exit(0));
  });
  answer({ type: 'READY', url });
}

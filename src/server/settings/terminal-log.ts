import type { Writable } from 'node:stream';

/**
 * Where a logger's JSON lines become lines to be read at a terminal: the time, the sentence, what matters of
 * the rest.
 */
export function terminalLog(terminal: Pick<Writable, 'write'>): { write(line: string): void } {
  return {
    write(line) {
      const {
        time,
        msg,
        err,
        level: _,
        pid: __,
        hostname: ___,
        ...rest
      }: Record<string, unknown> = JSON.parse(line);
      const clock = new Date(Number(time)).toISOString().slice(11, 19);
      const details = Object.entries(rest).map(
        ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      terminal.write(`${[clock, msg, ...details].join('  ')}\n`);
      if (err instanceof Object && 'stack' in err) terminal.write(`${err.stack}\n`);
    },
  };
}

import { expect, test } from 'vitest';
import { sourcesIn } from './support/sources.ts';

const LONGEST = 110;

test(`no line of a comment has more than ${LONGEST} characters, as no line of code has`, () => {
  const sources = sourcesIn(['src', 'schema', 'test', 'bench', 'examples', '.ci'], 600);
  const long = sources.flatMap(({ file, source }) =>
    source
      .split('\n')
      .flatMap((line, index) =>
        /^\s*(\/\/|\/?\*)/.test(line) && line.length > LONGEST ? [`${file}:${index + 1}`] : [],
      ),
  );
  expect(long).toEqual([]);
});

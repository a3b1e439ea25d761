import { todayIn } from '../../src/app/context/app.ts';
import type { ProgramRecord } from '../../src/store/catalogue/program-catalogue.ts';
import { countJudged, type Progress } from '../../src/store/reading/read-tallies.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';

type Judging = Progress & Pick<ProgramRecord, 'obstacle'>;

export const JudgingProgress = builder.objectRef<Judging>('JudgingProgress').implement({
  description:
    'How far judging has come after a publication, a withdrawal or a change of day. It continues by itself, also after a restart. For the roles ADMIN and READER.',
  fields: (t) => ({
    total: t.exposeInt('total', { description: 'How many partners the programme has.' }),
    obstacle: t.string({
      nullable: true,
      description:
        'Why no partner of the programme is judged, such as a rulebook that is too large; in English, for the operator. Null while judging works. Facts recorded meanwhile are kept, and judged later.',
      resolve: ({ obstacle }) => obstacle && `Rulebook ${obstacle.number}: ${obstacle.reason}`,
    }),
    judged: t.exposeInt('judged', {
      description: 'How many of them are judged as of today and by every rulebook published so far.',
    }),
  }),
});

/** How far a programme's partners are judged; those of many programmes are counted together. */
export async function readProgress(context: Context, program: ProgramRecord): Promise<Judging> {
  const { id, rulesVersion, obstacle } = program;
  const today = await todayIn(context.app, program);
  return { ...(await progressOf(context, { id, rulesVersion, today }, null)), obstacle };
}

type Asked = Parameters<typeof countJudged>[2][number];

const progressOf = batched(async ({ scope, app }, programs: readonly Asked[], _: null) => {
  const counts = await countJudged(scope, app.database.prisma, programs);
  return programs.map(({ id }) => counts.get(id) ?? { total: 0, judged: 0 });
});

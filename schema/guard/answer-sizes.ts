import type {
  CatalogueSnapshot,
  ProgramCatalogue,
  ProgramRecord,
} from '../../src/store/catalogue/program-catalogue.ts';
import { type AnswerSize, type SizesOfRulebook, sizesOf } from './answer-size.ts';

/** For how many programmes answer sizes are looked up if an operation names none. */
const MOST_PROGRAMS = 20;

const TYPES = [
  'Program',
  'Rulebook',
  'Standing',
  'Tier',
  'Specialization',
] as const satisfies readonly (keyof SizesOfRulebook)[];

/** The types whose size a rulebook decides. */
export const SIZED_TYPES: ReadonlySet<string> = new Set(TYPES);

type Sizes = ReadonlyMap<string, readonly AnswerSize[]>;

const knownOfPrograms = new WeakMap<ProgramRecord, Sizes>();
const knownOfAll = new WeakMap<CatalogueSnapshot, Sizes>();

/**
 * Finds how large objects of a type can be for a viewer of these programmes (by id): by any rulebook of the
 * programme that an operation names or, if there are few, of all programmes that the viewer sees. The
 * snapshot in memory is enough, since a price may be slightly out of date.
 */
export function findAnswerSizes(
  catalogue: Pick<ProgramCatalogue, 'latest'>,
  programs: 'ALL' | readonly string[],
): (type: string, program: string | null) => readonly AnswerSize[] {
  const snapshot = catalogue.latest();
  if (snapshot === null) return () => [];
  const isSeen = ({ id }: ProgramRecord): boolean => programs === 'ALL' || programs.includes(id);
  return (type, code) => {
    if (code !== null) {
      const named = snapshot.byCode.get(code);
      return named !== undefined && isSeen(named) ? sizeIn(ofProgram(named), type) : [];
    }
    if (programs === 'ALL') return sizeIn(ofAll(snapshot), type);
    const seen = programs.flatMap((id) => snapshot.byId.get(id) ?? []);
    const [only] = seen;
    if (only !== undefined && seen.length === 1) return sizeIn(ofProgram(only), type);
    return seen.length > MOST_PROGRAMS ? [] : seen.flatMap((program) => sizeIn(ofProgram(program), type));
  };
}

function ofAll(snapshot: CatalogueSnapshot): Sizes {
  const known = knownOfAll.get(snapshot);
  if (known !== undefined) return known;
  const programs = snapshot.byId.size > MOST_PROGRAMS ? [] : [...snapshot.byId.values()];
  const sizes = new Map(
    TYPES.map((type) => [type, programs.flatMap((program) => sizeIn(ofProgram(program), type))]),
  );
  knownOfAll.set(snapshot, sizes);
  return sizes;
}

/** By each rulebook that a programme has or had. */
function ofProgram(program: ProgramRecord): Sizes {
  const known = knownOfPrograms.get(program);
  if (known !== undefined) return known;
  const rulebooks = [...program.rulebooks, ...program.withdrawnRulebooks].map(({ rulebook }) => rulebook);
  const hasBoth = rulebooks.some(({ transition }) => transition?.mode === 'BOTH');
  const all = rulebooks.map((rulebook) => sizesOf(rulebook, hasBoth ? rulebooks : []));
  const sizes = new Map(TYPES.map((type) => [type, all.flatMap((each) => each[type])]));
  knownOfPrograms.set(program, sizes);
  return sizes;
}

function sizeIn(sizes: Sizes, type: string): readonly AnswerSize[] {
  return sizes.get(type) ?? [];
}

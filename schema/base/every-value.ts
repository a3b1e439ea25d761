/**
 * The values of an enum of the graph that has to name each member of `All`: gives back what it is given, and does not compile
 * while a member is missing.
 */
export function everyValue<All>() {
  return <
    const Values extends Readonly<Record<string, { readonly value: All; readonly description: string }>>,
  >(
    values: Values &
      ([Exclude<All, Values[keyof Values]['value']>] extends [never]
        ? unknown
        : { missing: Exclude<All, Values[keyof Values]['value']> }),
  ): Values => values;
}

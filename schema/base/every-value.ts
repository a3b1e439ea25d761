/**
 * The values of an enum of the graph, which must name each member of `All`: does not compile while one is
 * missing.
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

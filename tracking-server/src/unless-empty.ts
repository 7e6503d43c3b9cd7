/** A list under its name; nothing where it is empty, for protobuf's JSON leaves empty lists out. */
export const unlessEmpty = <Name extends string, Item>(
  name: Name,
  list: readonly Item[],
): { [field in Name]?: Item[] } =>
  list.length > 0 ? ({ [name]: [...list] } as { [field in Name]: Item[] }) : {}

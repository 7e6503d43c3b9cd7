/** A place in settings, such as `tasks[0].sql_task.query.query_text`, as errors of the server write it. */
export type Path = readonly (string | number)[]

export const pathText = (path: Path): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')

export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const part of path) value = (value as Record<string | number, unknown> | undefined)?.[part]
  return value
}

/** A copy with another value at the place; undefined removes the member, and objects that it leaves empty. */
export function withValue<T>(root: T, [part, ...rest]: Path, value: unknown): T {
  if (part === undefined) return value as T
  const next =
    rest.length > 0
      ? withValue((root as Record<string | number, unknown> | undefined)?.[part], rest, value)
      : value
  if (Array.isArray(root)) return root.map((item, index) => (index === part ? next : item)) as T
  const { [part]: _before, ...others } = (root ?? {}) as Record<string | number, unknown>
  const isGone = next === undefined || (rest.length > 0 && value === undefined && isEmpty(next))
  if (isGone) return others as T
  return { ...(root as object), [part]: next } as T
}

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

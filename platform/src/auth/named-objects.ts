import type { TSchema } from 'typebox'
import type { ObjectRight, Operation } from '../protocol/operation.js'
import type { Naming, Namings } from './naming.js'

/** A place in the input of an operation that names objects. */
export interface NamedPlace {
  readonly path: readonly string[]
  readonly naming: Naming
  readonly need: 'must exist' | 'may exist' | 'narrow'
}

/** Returns the places in the input of an operation that name objects of its right's kind. @throws Error for an unknown naming */
export function namedPlaces(op: Operation, right: ObjectRight, namings: Namings): NamedPlace[] {
  const properties = (op.input as { properties?: Record<string, TSchema> }).properties ?? {}
  const isList = (path: string) =>
    path.includes('[]') || (properties[path] as { type?: string } | undefined)?.type === 'array'
  const isRead = right.privilege.startsWith('READ ')
  const place = (path: string, need: NamedPlace['need']): NamedPlace => {
    const [where, as] = path.split(' as ')
    const segments = where!.split('.')
    const naming = namings[as ?? segments.at(-1)!.replace('[]', '')]
    if (!naming) throw new Error(`${op.id} names objects by '${path}', which is unknown.`)
    return { path: segments, naming, need }
  }
  const by = right.by ?? Object.keys(properties).filter((name) => Object.hasOwn(namings, name))
  return [
    ...by.map((path) => place(path, isRead && isList(path) ? 'narrow' : 'must exist')),
    ...(right.may ?? []).map((path) => place(path, 'may exist')),
  ]
}

/** Returns the names at a place of an input, without empty and missing ones. */
export function namesAt(input: unknown, [segment, ...rest]: readonly string[]): string[] {
  if (input === undefined || input === null) return []
  if (segment === undefined)
    return (Array.isArray(input) ? input : [input])
      .filter((one) => one !== '' && one !== undefined && one !== null)
      .map(String)
  const value = (input as Record<string, unknown>)[segment.replace('[]', '')]
  if (segment.endsWith('[]') && rest.length > 0)
    return Array.isArray(value) ? value.flatMap((one) => namesAt(one, rest)) : []
  return namesAt(value, rest)
}

/** Returns a copy of the input with other names at a place. */
export function withNames<In>(
  input: In,
  [segment, ...rest]: readonly string[],
  rename: (name: string) => string,
): In {
  if (input === undefined || input === null) return input
  if (segment === undefined)
    return (Array.isArray(input) ? input.map((one) => rename(String(one))) : rename(String(input))) as In
  const key = segment.replace('[]', '') as keyof In
  const value = input[key]
  if (value === undefined || value === null) return input
  const renamed =
    segment.endsWith('[]') && rest.length > 0 && Array.isArray(value)
      ? value.map((one) => withNames(one, rest, rename))
      : withNames(value, rest, rename)
  return { ...input, [key]: renamed }
}

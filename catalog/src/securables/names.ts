import { invalid } from '@cairn/platform/errors'

const NAME = /^[a-zA-Z0-9_@-]{1,255}$/
const LEVELS = { catalog: 1, schema: 2, table: 3, volume: 3 } as const

/** The types of securables that have a full name. */
export type NamedType = keyof typeof LEVELS

export const isNamedType = (type: string): type is NamedType => Object.hasOwn(LEVELS, type)

/** @throws INVALID_PARAMETER_VALUE naming the field */
export function checkName(name: string, field = 'name'): string {
  if (!NAME.test(name))
    throw invalid(
      `Invalid ${field} '${name.slice(0, 300)}': 1 to 255 letters, digits and the characters _ @ - only.`,
    )
  return name
}

/**
 * Splits `catalog.schema.table` into its levels.
 *
 * @throws INVALID_PARAMETER_VALUE when the number of levels or a name is wrong
 */
export function parseFullName(type: NamedType, fullName: string): readonly string[] {
  const parts = fullName.split('.')
  if (parts.length !== LEVELS[type])
    throw invalid(
      `Invalid ${type} name '${fullName.slice(0, 300)}': it must have ${LEVELS[type]} parts joined by dots, not ${parts.length}.`,
    )
  for (const part of parts) checkName(part, `${type} name`)
  return parts
}

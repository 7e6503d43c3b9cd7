import { join } from 'node:path'
import { invalid, messageOf } from '@cairn/platform/errors'
import type { LoadedScorer, LoadMember } from '../flavor.js'
import type { Id } from '../id.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'

/** A member of a composite model, stored as a complete model folder: `members/<name>`. */
export interface MemberFiles {
  readonly name: string
  readonly files: ModelFiles
}

export interface LoadedMember extends LoadedScorer {
  readonly name: string
}

const memberFolder = (name: string) => `members/${name}`
const MAX_MEMBERS = 31

export const memberFiles = (members: readonly MemberFiles[]): ModelFiles =>
  Object.fromEntries(
    members.flatMap(({ name, files }) =>
      Object.entries(files).map(([path, content]) => [`${memberFolder(name)}/${path}`, content]),
    ),
  )

/**
 * Loads the members that a manifest names; if one fails, the loaded ones are closed.
 *
 * @throws INVALID_PARAMETER_VALUE naming the member, also when its items differ from `ids`, those of the item table
 */
export async function readMembers(
  folder: string,
  names: unknown,
  ids: readonly Id[],
  loadMember: LoadMember,
): Promise<readonly LoadedMember[]> {
  const members: LoadedMember[] = []
  try {
    for (const name of parseMemberNames(names)) {
      const member = await loadMember(join(folder, memberFolder(name))).catch((cause: unknown) => {
        throw invalid(`member '${name}': ${messageOf(cause)}`, { cause })
      })
      members.push({ name, ...member })
      if (member.ids.length !== ids.length || member.ids.some((id, row) => id !== ids[row]))
        throw invalid(`member '${name}': its items differ from those of the item table`)
    }
  } catch (error) {
    for (const { scorer } of members) await scorer.close?.()
    throw error
  }
  return members
}

/** Names become paths, so only safe characters are allowed. */
function parseMemberNames(names: unknown): readonly string[] {
  if (!Array.isArray(names) || names.length === 0 || names.length > MAX_MEMBERS)
    throw invalid(`members must be 1 to ${MAX_MEMBERS} names`)
  for (const name of names)
    if (typeof name !== 'string' || !/^[a-z][a-z0-9_-]{0,63}$/.test(name))
      throw invalid(`members: ${JSON.stringify(name)?.slice(0, 100)} is not a member name`)
  if (new Set(names).size !== names.length) throw invalid('members: a name repeats')
  return names as string[]
}

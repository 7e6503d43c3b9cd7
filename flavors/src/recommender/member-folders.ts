import { join } from 'node:path'
import { invalid, messageOf } from '@cairn/platform/errors'
import type { LoadedScorer, LoadMember } from '../flavor.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import type { Id } from './id.js'

/** A model within a composite, each in a whole folder of its own: `members/<name>`. */
export interface MemberFiles {
  readonly name: string
  readonly files: ModelFiles
}

export interface LoadedMember extends LoadedScorer {
  readonly name: string
}

const folderOf = (name: string) => `members/${name}`
const MOST_MEMBERS = 31

export const memberFiles = (members: readonly MemberFiles[]): ModelFiles =>
  Object.fromEntries(
    members.flatMap(({ name, files }) =>
      Object.entries(files).map(([path, content]) => [`${folderOf(name)}/${path}`, content]),
    ),
  )

/**
 * Opens the members that a manifest names; on a failure those already open are closed.
 *
 * @throws INVALID_PARAMETER_VALUE naming the member, also when its items are not those of the item table, `ids`.
 */
export async function readMembers(
  folder: string,
  names: unknown,
  ids: readonly Id[],
  loadMember: LoadMember,
): Promise<readonly LoadedMember[]> {
  const members: LoadedMember[] = []
  try {
    for (const name of checkNames(names)) {
      const member = await loadMember(join(folder, folderOf(name))).catch((cause: unknown) => {
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

/** Names become paths. */
function checkNames(names: unknown): readonly string[] {
  if (!Array.isArray(names) || names.length === 0 || names.length > MOST_MEMBERS)
    throw invalid(`members must be 1 to ${MOST_MEMBERS} names`)
  for (const name of names)
    if (typeof name !== 'string' || !/^[a-z][a-z0-9_-]{0,63}$/.test(name))
      throw invalid(`members: ${JSON.stringify(name)?.slice(0, 100)} is no name of a member`)
  if (new Set(names).size !== names.length) throw invalid('members: a name repeats')
  return names as string[]
}

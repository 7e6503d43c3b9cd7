import { invalid } from '@cairn/platform/errors'
import type { LoadMember } from '../flavor.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import { type HistoryTables, readHistoryFolder, writeHistoryFolder } from '../recommender/history-folder.js'
import {
  type LoadedMember,
  type MemberFiles,
  memberFiles,
  readMembers,
} from '../recommender/member-folders.js'
import { FUSION_METHODS, type FusionMethod } from './terms.js'

/** A stored fusion: the weighted combination of member models. */
export interface FusionModel extends HistoryTables {
  readonly method: FusionMethod
  readonly members: readonly (MemberFiles & { readonly weight: number })[]
}

const FLAVOR = 'fusion'

/** Writes a model folder of flavor `fusion` that contains the folders of its members. `metadata` is copied to MLmodel. */
export function fusionFiles(model: FusionModel, metadata?: Record<string, unknown>): ModelFiles {
  const { method, members } = model
  const manifest = { method, members: members.map(({ name, weight }) => ({ name, weight })) }
  return writeHistoryFolder(FLAVOR, model, { files: memberFiles(members), manifest }, metadata)
}

/**
 * Reads an untrusted folder.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file or member and the problem
 */
export async function readFusion(folder: string, loadMember: LoadMember) {
  const { manifest, ...tables } = await readHistoryFolder(FLAVOR, folder)
  const { method } = manifest
  if (!FUSION_METHODS.includes(method as FusionMethod))
    throw invalid(`${FLAVOR}.json: method must be one of ${FUSION_METHODS.join(', ')}`)
  const entries = parseMembers(manifest.members)
  const names = entries.map(({ name }) => name)
  const loaded: readonly LoadedMember[] = await readMembers(folder, names, tables.items.ids, loadMember)
  const members = loaded.map((member, n) => ({ ...member, weight: entries[n]!.weight }))
  return { ...tables, method: method as FusionMethod, members }
}

function parseMembers(value: unknown): readonly { name: unknown; weight: number }[] {
  if (!Array.isArray(value)) throw invalid(`${FLAVOR}.json: members must be a list`)
  return value.map((entry) => {
    const { name, weight } = (entry ?? {}) as Record<string, unknown>
    if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0)
      throw invalid(`${FLAVOR}.json: the weight of a member must be a number ≥ 0`)
    return { name, weight }
  })
}

import type { Principal } from '@cairn/platform/auth/principal'
import type { CreateModelVersion } from '@cairn/platform/protocol/model-versions'
import type { Input } from '@cairn/platform/protocol/operation'
import type { ModelVersion } from '@cairn/platform/protocol/registered-models'
import { checkTag } from '../models/names.js'
import { areOfPrompt, checkPromptSource } from '../models/prompts.js'
import type { ModelStore } from '../models/store.js'
import { withValues } from '../tags.js'
import type { LoggedModels } from './logged-models.js'
import { type ResolvedSource, type Sources, unresolved } from './source.js'
import type { VersionStore } from './store.js'

interface Parts {
  readonly models: ModelStore
  readonly versions: VersionStore
  readonly sources: Sources
  readonly loggedModels: LoggedModels
}
type Given = Input<typeof CreateModelVersion>

/**
 * A version of a model or a prompt, with its files kept from then on and its logged model told of it.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for the model and for what the source names; INVALID_PARAMETER_VALUE
 */
export async function createVersion(
  { models, versions, sources, loggedModels }: Parts,
  given: Given,
  { name: user_id }: Principal,
): Promise<ModelVersion> {
  const { name, run_id, run_link = '', description = '' } = given
  await models.getRow(name)
  const tags = withValues(given.tags)
  for (const { key, value } of tags) checkTag(key, value)
  const resolved = areOfPrompt(tags) ? promptSource(given.source) : await modelSource(sources, given)
  const about = { name, run_id: run_id || resolved.run_id, run_link, description, user_id }
  const version = await versions.create({ ...resolved, ...about }, tags)
  if (resolved.model_id) await loggedModels.noteVersion(resolved.model_id, version)
  return version
}

function promptSource(source: string): ResolvedSource {
  checkPromptSource(source)
  return unresolved(source)
}

async function modelSource(sources: Sources, { source, run_id, model_id }: Given): Promise<ResolvedSource> {
  const resolved = await sources.resolve(source, run_id || undefined, model_id)
  await sources.keep([resolved.storage_location])
  return resolved
}

import type { CreateModelVersion } from '@cairn/platform/protocol/mlflow/model-versions'
import type { ModelVersion } from '@cairn/platform/protocol/mlflow/registered-models'
import type { Input } from '@cairn/platform/protocol/operation'
import type { FastifyRequest } from 'fastify'
import type { ModelRows } from '../namespace/model-rows.js'
import { checkTag } from '../namespace/names.js'
import { checkPromptSource, hasPromptTag } from '../namespace/prompts.js'
import { withValues } from '../tags.js'
import type { LoggedModels } from './logged-models.js'
import { requireRun } from './require-source.js'
import { type ResolvedSource, type SourceResolver, unresolved } from './source-resolver.js'
import type { VersionStore } from './store.js'

interface Options {
  readonly models: ModelRows
  readonly versions: VersionStore
  readonly sources: SourceResolver
  readonly loggedModels: LoggedModels
}
type CreateVersionInput = Input<typeof CreateModelVersion>

/**
 * Creates a version of a model or prompt, protects its files from garbage collection and records it on its logged model.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for the model or the model in the source; INVALID_PARAMETER_VALUE; PERMISSION_DENIED for the run
 */
export async function createVersion(
  { models, versions, sources, loggedModels }: Options,
  input: CreateVersionInput,
  request: FastifyRequest,
): Promise<ModelVersion> {
  const { name, run_id, run_link = '', description = '' } = input
  await models.get(name)
  const tags = withValues(input.tags)
  for (const { key, value } of tags) checkTag(key, value)
  const resolved = hasPromptTag(tags) ? promptSource(input.source) : await modelSource(sources, input)
  if (!run_id) await requireRun(resolved, request)
  const details = {
    name,
    run_id: run_id || resolved.run_id,
    run_link,
    description,
    user_id: request.principal.name,
  }
  const version = await versions.create({ ...resolved, ...details }, tags)
  if (resolved.model_id) await loggedModels.noteVersion(resolved.model_id, version)
  return version
}

function promptSource(source: string): ResolvedSource {
  checkPromptSource(source)
  return unresolved(source)
}

async function modelSource(
  sources: SourceResolver,
  { source, run_id, model_id }: CreateVersionInput,
): Promise<ResolvedSource> {
  const resolved = await sources.resolve(source, run_id || undefined, model_id)
  await sources.keepFiles([resolved.storage_location])
  return resolved
}

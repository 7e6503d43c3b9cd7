import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { CreateModelVersion } from '@cairn/platform/protocol/mlflow/model-versions'
import type { Input } from '@cairn/platform/protocol/operation'
import { READ_EXPERIMENTS, READ_MODELS } from '@cairn/platform/protocol/rights'
import type { FastifyRequest } from 'fastify'
import { hasPromptTag } from '../namespace/prompts.js'
import { withValues } from '../tags.js'
import { parseModelUri } from './model-uri.js'
import { parseRunUri } from './run-uri.js'
import type { ResolvedSource } from './source-resolver.js'

/**
 * The server reads the files of a version with its own rights, so the principal that registers them must be able to read them.
 * Files outside of the proxied store belong to no experiment whose rights the server could check.
 *
 * @throws the error of an absent object for a hidden one; PERMISSION_DENIED
 */
export async function requireSource(
  { source, run_id, model_id, tags }: Input<typeof CreateModelVersion>,
  request: FastifyRequest,
  locations: ArtifactLocations,
): Promise<void> {
  const readable = { right: READ_EXPERIMENTS, mayBeAbsent: true }
  if (run_id) await request.admitNames({ run_id }, readable)
  if (model_id) await request.admitNames({ model_id }, readable)
  if (hasPromptTag(withValues(tags))) return // the version itself contains the text
  const uri = parseModelUri(source)
  if (uri && 'model_id' in uri)
    return request.admitNames({ model_id: uri.model_id }, { right: READ_EXPERIMENTS })
  if (uri) return request.admitNames({ name: uri.name }, { right: READ_MODELS })
  const run = parseRunUri(source)
  if (run) return request.admitNames({ run_id: run.run_id }, { right: READ_EXPERIMENTS })
  const folder = locations.proxiedFolder(source)
  if (folder) return request.admitNames({ artifact_path: folder }, { right: READ_EXPERIMENTS })
  await request.authorizeEverywhere(READ_EXPERIMENTS.privilege, 'experiment')
}

/**
 * Checks the run that the logged model of a version names, which the principal that logged the model chose.
 *
 * @throws the error of an absent run for a hidden one; PERMISSION_DENIED
 */
export async function requireRun({ run_id }: Pick<ResolvedSource, 'run_id'>, request: FastifyRequest) {
  if (run_id) await request.admitNames({ run_id }, { right: READ_EXPERIMENTS, mayBeAbsent: true })
}

import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Principal } from '@cairn/platform/auth/principal'
import { invalid } from '@cairn/platform/errors'
import type { JobSettings, RunAs, TaskSettings } from '@cairn/platform/protocol/jobs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { JobRunRow } from '../schema.js'

type Context = Pick<ServiceContext, 'authorizer' | 'identities'>

export const principalNameOf = (runAs: RunAs | undefined) => runAs?.service_principal_name ?? runAs?.user_name

/**
 * The principal that a task acts as.
 *
 * @throws INVALID_PARAMETER_VALUE when it does not exist; PERMISSION_DENIED when it administers the workspace and the principal
 * that wrote the settings does not: either may have changed since
 */
export async function findActor(run: JobRunRow, task: TaskSettings, context: Context): Promise<Principal> {
  const job = JSON.parse(run.settings) as JobSettings
  const name = principalNameOf(task.run_as) ?? principalNameOf(job.run_as) ?? run.creator
  const actor = await context.identities.find(name)
  if (!actor) throw invalid(`run_as: the principal '${name}' does not exist.`)
  if (actor.id !== run.writer_id)
    await requireAuthorityOver(context.authorizer, await findWriter(run, context), actor)
  return actor
}

/** A deleted writer holds no rights. */
async function findWriter({ writer_id }: JobRunRow, { identities }: Context): Promise<Principal> {
  const writer = writer_id === null ? undefined : await identities.find(writer_id)
  if (writer && writer.id === writer_id) return writer
  return { id: writer_id ?? '', type: 'user', name: writer_id ?? 'the unknown writer of the job' }
}

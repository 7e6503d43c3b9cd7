import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Principal } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunAs, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { JobRow, JobRunRow } from '../schema.js'

type Context = Pick<ServiceContext, 'authorizer' | 'identities'>

/** The stored form; the id is absent in settings of earlier releases, and for a name that no principal had. */
export type StoredRunAs = RunAs & { readonly principal_id?: string }

export const principalNameOf = (runAs: RunAs | undefined) => runAs?.service_principal_name ?? runAs?.user_name

/**
 * The principal that a task acts as.
 *
 * @throws INVALID_PARAMETER_VALUE when it does not exist; PERMISSION_DENIED when it is deactivated, and when it administers the
 * workspace and the principal that wrote the settings does not: either may have changed since
 */
export async function findActor(run: JobRunRow, task: TaskSettings, context: Context): Promise<Principal> {
  const job = JSON.parse(run.settings) as JobSettings
  return findPrincipal(run, principalNameOf(task.run_as) === undefined ? job.run_as : task.run_as, context)
}

/** The principal that tasks of a job act as, unless they name another. @throws like `findActor` */
export const findJobActor = (job: JobRow, context: Context): Promise<Principal> =>
  findPrincipal(
    { principal_id: job.creator_id, writer_id: job.writer_id },
    (JSON.parse(job.settings) as JobSettings).run_as,
    context,
  )

type ResponsiblePrincipals = Pick<JobRunRow, 'principal_id' | 'writer_id'>

async function findPrincipal(
  run: ResponsiblePrincipals,
  runAs: StoredRunAs | undefined,
  context: Context,
): Promise<Principal> {
  const name = principalNameOf(runAs)
  const id = name === undefined ? run.principal_id : runAs?.principal_id
  const actor = id === undefined ? await context.identities.find(name!) : await findById(id, context)
  if (!actor)
    throw invalid(
      name === undefined
        ? 'run_as: the principal that created the job was deleted; name another.'
        : `run_as: the principal '${name}' does not exist.`,
    )
  if (actor.active === 0)
    throw new ApiError(
      'PERMISSION_DENIED',
      `run_as: the principal '${actor.name}' is deactivated; name another in run_as.`,
    )
  if (actor.id !== run.writer_id)
    await requireAuthorityOver(context.authorizer, await findWriter(run, context), actor)
  return actor
}

/** A deleted or deactivated writer holds no rights. */
async function findWriter({ writer_id }: ResponsiblePrincipals, context: Context): Promise<Principal> {
  const writer = await findById(writer_id, context)
  if (writer?.active) return writer
  return { id: '', type: 'user', name: writer?.name ?? writer_id ?? 'the unknown writer of the job' }
}

/** Ignores names: another principal may have the id of a deleted one as its name. */
export async function findById(
  id: string | null,
  { identities }: Pick<Context, 'identities'>,
): Promise<PrincipalRow | undefined> {
  const found = id === null ? undefined : await identities.find(id)
  return found?.id === id ? found : undefined
}

import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import type { JobLevel } from '@cairn/platform/protocol/databricks/jobs'
import type { Privilege } from '@cairn/platform/protocol/privileges'

type Ids = ReadonlySet<string>

/** The highest level of a principal on each of the jobs, which it may see. */
export async function permissionLevels(
  { objects }: Authorizer,
  principal: Principal,
  jobIds: readonly number[],
): Promise<Map<number, JobLevel>> {
  const ids = jobIds.map(String)
  const withPrivilege = async (privilege: Privilege): Promise<Ids> => {
    const allowed = await objects.allowedObjects(principal, [privilege], 'job')
    return allowed ? allowed.among(ids) : new Set(ids)
  }
  const [run, edit, manage] = await Promise.all([
    withPrivilege('RUN JOBS'),
    withPrivilege('EDIT JOBS'),
    withPrivilege('MANAGE'),
  ])
  // As in `MANAGE_JOB`: a principal that edits all jobs may also delete them.
  const editsAll = await objects.holdsEverywhere(principal, ['EDIT JOBS'], 'job')
  const levelOf = (id: string): JobLevel => {
    if (edit.has(id) && (editsAll || manage.has(id))) return 'CAN_MANAGE'
    return run.has(id) ? 'CAN_MANAGE_RUN' : 'CAN_VIEW'
  }
  return new Map(jobIds.map((id) => [id, levelOf(String(id))]))
}

/** The level on one job, from the cache: pages poll twice a second. */
export async function permissionLevel(
  { objects }: Authorizer,
  principal: Principal,
  jobId: number,
): Promise<JobLevel> {
  const may = async (privilege: Privilege) =>
    (await objects.decide(principal, [privilege], 'job', String(jobId)))?.decision.allowed ?? false
  const manages = async () =>
    (await objects.holdsEverywhere(principal, ['EDIT JOBS'], 'job')) || (await may('MANAGE'))
  if ((await may('EDIT JOBS')) && (await manages())) return 'CAN_MANAGE'
  return (await may('RUN JOBS')) ? 'CAN_MANAGE_RUN' : 'CAN_VIEW'
}

import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import type { GuardedChange } from '@cairn/platform/events/coalesce'
import type { Change, ChangeType } from '@cairn/platform/protocol/cairn/events'
import type { Privilege, SecurableType } from '@cairn/platform/protocol/privileges'

/** Receiving a change requires one of these privileges, which allow reading the changed object. */
interface Visibility {
  readonly privileges: readonly Privilege[]
  readonly on: SecurableType
  /** The field of the change that names the object, as in `Namings`. */
  readonly by: string
}

const READ_EXPERIMENT: Visibility = {
  privileges: ['READ EXPERIMENTS'],
  on: 'experiment',
  by: 'experiment_id',
}
const READ_MODEL: Visibility = { privileges: ['READ MODELS'], on: 'registered_model', by: 'name' }

const VISIBILITY: Readonly<Record<ChangeType, Visibility>> = {
  experiment: READ_EXPERIMENT,
  run: READ_EXPERIMENT,
  metrics: READ_EXPERIMENT,
  traces: READ_EXPERIMENT,
  logged_model: { ...READ_EXPERIMENT, by: 'model_id' },
  evaluation_dataset: { ...READ_EXPERIMENT, by: 'dataset_id' },
  registered_model: READ_MODEL,
  model_version: READ_MODEL,
  model_alias: READ_MODEL,
  endpoint: { privileges: ['VIEW ENDPOINT'], on: 'serving_endpoint', by: 'name' },
  alert: READ_EXPERIMENT,
  job_run: { privileges: ['READ JOBS'], on: 'job', by: 'run_id' },
}

/** Returns the changes that a principal may see. Decides once for each object. */
export async function visibleChanges(
  principal: Principal,
  noted: readonly GuardedChange[],
  authorizer: Authorizer,
): Promise<GuardedChange[]> {
  const decisions = new Map<string, Promise<boolean>>()
  const allowed = await Promise.all(
    noted.map((one) => {
      const { on, by } = VISIBILITY[one.change.type]
      const key = `${on} ${one.guard?.id ?? nameOf(one.change, by)}`
      const decision = decisions.get(key) ?? isVisible(principal, one, authorizer)
      decisions.set(key, decision)
      return decision
    }),
  )
  return noted.filter((_, i) => allowed[i])
}

async function isVisible(
  principal: Principal,
  { change, guard }: GuardedChange,
  authorizer: Authorizer,
): Promise<boolean> {
  const { privileges, on, by } = VISIBILITY[change.type]
  const { objects } = authorizer
  if (guard) {
    const object = await objects.decide(principal, privileges, on, guard.id)
    const deleted = () => authorizer.decide(principal, privileges, [guard, ...authorizer.metastore])
    return (object?.decision ?? (await deleted())).allowed
  }
  if (await objects.holdsEverywhere(principal, privileges, on)) return true
  const name = nameOf(change, by)
  const found = await objects.namings(on)?.[by]?.find([name])
  const decided = (found?.get(name) ?? []).map((id) => objects.decide(principal, privileges, on, id))
  return (await Promise.all(decided)).some((object) => object?.decision.allowed)
}

const nameOf = (change: Change, field: string) => String((change as Record<string, unknown>)[field] ?? '')

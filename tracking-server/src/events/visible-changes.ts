import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import type { GuardedChange } from '@cairn/platform/events/coalesce'
import type { Change, ChangeType } from '@cairn/platform/protocol/events'
import type { Privilege } from '@cairn/platform/protocol/privileges'

/** The experiment that a change is in. */
const experimentOf = (change: Change) => ('experiment_id' in change ? change.experiment_id : undefined)

/** Privileges of which one is required to receive a change: those to read what changed. */
const RIGHTS: Readonly<Record<ChangeType, readonly Privilege[]>> = {
  experiment: ['READ EXPERIMENTS'],
  run: ['READ EXPERIMENTS'],
  metrics: ['READ EXPERIMENTS'],
  registered_model: ['READ MODELS'],
  model_version: ['READ MODELS'],
  model_alias: ['READ MODELS'],
  endpoint: ['VIEW ENDPOINT', 'QUERY ENDPOINT', 'MANAGE'],
  job_run: ['READ JOBS'],
}

/** Returns the changes that a principal may see. Decides once for each set of privileges and securable. */
export async function visibleChanges(
  principal: Principal,
  noted: readonly GuardedChange[],
  authorizer: Authorizer,
): Promise<GuardedChange[]> {
  const decisions = new Map<string, Promise<boolean>>()
  const allowed = await Promise.all(
    noted.map(({ change, guard }) => {
      const rights = RIGHTS[change.type]
      const experiment = experimentOf(change)
      const key = `${rights} ${guard?.id ?? experiment ?? ''}`
      const decide = async () => {
        if (guard)
          return (await authorizer.decide(principal, rights, [guard, ...authorizer.metastore])).allowed
        if (await authorizer.objects.holdsEverywhere(principal, rights)) return true
        if (experiment === undefined) return false
        const object = await authorizer.objects.decide(principal, rights, 'experiment', experiment)
        return object?.decision.allowed ?? false
      }
      const decision = decisions.get(key) ?? decide()
      decisions.set(key, decision)
      return decision
    }),
  )
  return noted.filter((_, i) => allowed[i])
}

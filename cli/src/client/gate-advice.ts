import { GATED_ALIAS, type GateVerdict } from '@cairn/platform/protocol/cairn/promotions'
import type { Client } from '@cairn/platform/protocol/client'
import { GetRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'

interface Tag {
  readonly key: string
  readonly value: string
}

type Verdict = Pick<GateVerdict, 'name' | 'version' | 'alias' | 'checks'>

/** The advice after a verdict that failed. Undefined also for a caller that may promote the model but not read it. */
export async function adviceAfterGate(call: Client, verdict: Verdict): Promise<string | undefined> {
  const found = await call(GetRegisteredModel, { name: verdict.name }).catch(() => undefined)
  return found && adviceWithoutEvaluation(verdict, found.registered_model.tags)
}

/** How to promote a version without an evaluation, which the gate cannot judge, unless only the gate moves the alias. */
export function adviceWithoutEvaluation(
  { name, version, alias, checks }: Verdict,
  tags: readonly Tag[] = [],
): string | undefined {
  const isEvaluated = checks.some((check) => check.name === 'evaluated' && check.passed)
  const isGated = tags.some(({ key, value }) => key === GATED_ALIAS && value === alias)
  if (isEvaluated || isGated) return undefined
  return `The gate compares evaluations of recommenders. Without one, set the alias directly: cairn models alias set ${name} ${alias} ${version}`
}

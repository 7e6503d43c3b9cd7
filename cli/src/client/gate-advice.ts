import { GATED_ALIAS, type GateVerdict } from '@cairn/platform/protocol/promotions'

interface Tag {
  readonly key: string
  readonly value: string
}

/** How to promote a version without an evaluation, which the gate cannot judge, unless only the gate moves the alias. */
export function adviceWithoutEvaluation(
  { name, version, alias, checks }: Pick<GateVerdict, 'name' | 'version' | 'alias' | 'checks'>,
  tags: readonly Tag[] = [],
): string | undefined {
  const isEvaluated = checks.some((check) => check.name === 'evaluated' && check.passed)
  const isGated = tags.some(({ key, value }) => key === GATED_ALIAS && value === alias)
  if (isEvaluated || isGated) return undefined
  return `The gate compares evaluations of recommenders. Without one, set the alias directly: cairn models alias set ${name} ${alias} ${version}`
}

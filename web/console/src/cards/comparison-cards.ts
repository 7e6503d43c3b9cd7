import type { ComparedKey, ComparedMetric } from '../api/runs.js'
import type { Card, CardKind, Extent } from './card.js'
import { initialOptions } from './initial-options.js'
import { missingFields } from './kinds/fields.js'
import { PARAMS_SECTION } from './sections.js'

const KINDS: readonly (readonly [kind: CardKind, width: Extent])[] = [
  ['parallel', 2],
  ['scatter', 1],
  ['box', 1],
  ['contour', 1],
  ['importance', 1],
]

/** Cards over the parameters that differ, where the runs have enough of them. */
export function comparisonCards(
  metrics: readonly ComparedMetric[],
  params: readonly ComparedKey[],
): readonly Card[] {
  const varied = params.filter(({ differs }) => differs)
  if (varied.length === 0) return []
  return KINDS.map(([kind, width]): Card => {
    const options = initialOptions(kind, metrics, params)
    return {
      ...{ id: `p.${kind}`, kind, section: PARAMS_SECTION, width, height: 1 },
      options: kind === 'box' ? { ...options, g: [`params.${varied[0]!.key}`] } : options,
    }
  }).filter(({ kind, options }) => missingFields(kind, options).length === 0)
}

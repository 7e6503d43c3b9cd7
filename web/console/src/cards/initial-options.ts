import type { ComparedKey, ComparedMetric } from '../api/runs.js'
import { compareMetricKeys, isIntervalKey, isSystemKey } from '../metrics/metric-name.js'
import type { CardKind, Options } from './card.js'

const MAX_AXES = 6

/** Options with which a new card shows something. */
export function initialOptions(
  kind: CardKind,
  metrics: readonly ComparedMetric[],
  params: readonly ComparedKey[],
): Options {
  const [metric = ''] = shownMetrics(metrics)
  const varied = params.filter(({ differs }) => differs).map(({ key }) => `params.${key}`)
  const target = metric && `metrics.${metric}`
  const [x = '', y = ''] = varied
  switch (kind) {
    case 'images':
    case 'plot':
      return {}
    case 'scatter':
      return kept({ x: [x], y: [target] })
    case 'contour':
      return kept({ x: [x], y: [y], z: [target] })
    case 'parallel':
      return kept({ d: [...varied.slice(0, MAX_AXES), target] })
    default:
      return kept({ y: [metric] })
  }
}

/** Keys of metrics in the order of the page, without intervals; system metrics last. */
export const shownMetrics = (metrics: readonly ComparedMetric[]): string[] =>
  metrics
    .map(({ key }) => key)
    .filter((key) => !isIntervalKey(key))
    .sort((a, b) => Number(isSystemKey(a)) - Number(isSystemKey(b)) || compareMetricKeys(a, b))

const kept = (options: Options): Options =>
  Object.fromEntries(
    Object.entries(options)
      .map(([key, values]) => [key, values.filter(Boolean)] as const)
      .filter(([, values]) => values.length > 0),
  )

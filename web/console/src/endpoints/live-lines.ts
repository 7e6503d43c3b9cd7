import type { EndpointConfig } from '../api/endpoints.js'
import type { Line } from '../charts/line-chart.js'
import type { Curve } from '../charts/series.js'
import { type SeriesStyle, seriesStyle } from '../charts/series-style.js'
import { errorCurve, latencyCurve, rateCurve, type Sample } from './live-samples.js'

interface LiveLines {
  readonly rate: readonly Line[]
  readonly errors: readonly Line[]
  readonly latency: readonly Line[]
}

const DOTTED = [2, 3]

/** One line for each served entity in its colour of the traffic split, and two for its latency. */
export function linesOf(
  config: EndpointConfig | undefined,
  samples: readonly Sample[],
  labels: { readonly p50: string; readonly p95: string },
): LiveLines {
  const entities = (config?.served_entities ?? []).map(({ name }, index) => ({
    name,
    style: seriesStyle(index),
  }))
  const lines = (curveOf: (samples: readonly Sample[], entity: string) => Curve): Line[] =>
    entities.map(({ name, style }) => ({ id: name, label: name, style, curve: curveOf(samples, name) }))
  const latency = (name: string, style: SeriesStyle, label: string, quantile: number): Line => ({
    id: `${name} ${label}`,
    label: entities.length > 1 ? `${name}, ${label}` : label,
    style,
    curve: latencyCurve(samples, name, quantile),
  })
  return {
    rate: lines(rateCurve),
    errors: lines(errorCurve),
    latency: entities.flatMap(({ name, style }) => [
      latency(name, { ...style, dash: DOTTED }, labels.p50, 0.5),
      latency(name, style, labels.p95, 0.95),
    ]),
  }
}

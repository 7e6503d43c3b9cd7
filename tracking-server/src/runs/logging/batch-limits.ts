import { invalid } from '@cairn/platform/errors'

const MAX_METRICS = 1000
const MAX_PARAMS_OR_TAGS = 100
const MAX_TOTAL = 1000

/** @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function rejectLargeBatch(metrics: number, params: number, tags: number): void {
  rejectAbove('metrics', MAX_METRICS, metrics)
  rejectAbove('params', MAX_PARAMS_OR_TAGS, params)
  rejectAbove('tags', MAX_PARAMS_OR_TAGS, tags)
  rejectAbove('metrics, params, and tags', MAX_TOTAL, metrics + params + tags)
}

function rejectAbove(what: string, limit: number, count: number) {
  if (count > limit)
    throw invalid(
      `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
    )
}

import { invalid } from '@cairn/platform/errors'

const MAX_METRICS = 1000
const MAX_PARAMS_OR_TAGS = 100
const MAX_TOGETHER = 1000

/** @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function refuseLargeBatch(metrics: number, params: number, tags: number): void {
  refuse('metrics', MAX_METRICS, metrics)
  refuse('params', MAX_PARAMS_OR_TAGS, params)
  refuse('tags', MAX_PARAMS_OR_TAGS, tags)
  refuse('metrics, params, and tags', MAX_TOGETHER, metrics + params + tags)
}

function refuse(what: string, limit: number, count: number) {
  if (count > limit)
    throw invalid(
      `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
    )
}

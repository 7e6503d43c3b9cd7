import { searchExperiments } from '../api/experiments.js'
import { searchTraces, type TraceInfo } from '../api/traces.js'
import { traceTime } from '../traces/trace-values.js'

const MAX_TRACES = 20
const EXPERIMENTS = 1000

/** The latest traces that used a version, newest first, in all experiments that the caller may read. */
export async function tracesOfPrompt(name: string, version: string, signal?: AbortSignal) {
  const filter = `prompt = '${name}/${version}'`
  const found: TraceInfo[] = []
  for (let page_token: string | undefined = ''; page_token !== undefined; ) {
    const { experiments = [], next_page_token } = await searchExperiments(
      { max_results: EXPERIMENTS, ...(page_token && { page_token }) },
      signal,
    )
    const experimentIds = experiments.map(({ experiment_id }) => experiment_id)
    if (experimentIds.length > 0)
      found.push(...(await searchTraces({ experimentIds, filter, maxResults: MAX_TRACES }, signal)).traces)
    page_token = next_page_token || undefined
  }
  return found.sort((a, b) => traceTime(b) - traceTime(a)).slice(0, MAX_TRACES)
}

import { useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import { searchRuns } from '../api/runs.js'
import { searchTraces, type TraceInfo } from '../api/traces.js'

const RUN_TYPE = "tags.`mlflow.runType` = 'genai_evaluate'"
const MAX_RUNS = 200
const PAGE = 500
const MAX_ROWS = 10_000

/** The evaluation runs of an experiment, newest first. */
export const useEvaluationRuns = (experimentId: string) =>
  useQuery({
    queryKey: queryKeys.evaluationRuns(experimentId),
    queryFn: async ({ signal }) =>
      (await searchRuns({ experiment_ids: [experimentId], filter: RUN_TYPE, max_results: MAX_RUNS }, signal))
        .runs ?? [],
  })

/** The traces that an evaluation run judged, oldest first, up to 10,000. */
export const useEvaluationRows = (experimentId: string, runId: string | undefined) =>
  useQuery({
    queryKey: queryKeys.evaluationRows(experimentId, runId),
    queryFn: async ({ signal }) => {
      const rows: TraceInfo[] = []
      let pageToken: string | undefined
      do {
        const page = await searchTraces(
          {
            experimentIds: [experimentId],
            filter: `attributes.run_id = '${runId}'`,
            orderBy: 'attributes.timestamp_ms ASC',
            maxResults: PAGE,
            pageToken,
          },
          signal,
        )
        rows.push(...page.traces)
        pageToken = page.next
      } while (pageToken && rows.length < MAX_ROWS)
      return rows
    },
    enabled: runId !== undefined,
  })

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import { type Report, updateReport } from '../api/reports.js'
import { experimentsOf } from './block.js'
import { namedExperimentQuery, reportQuery } from './report-queries.js'

interface Change {
  readonly title: string
  readonly content: string
}

/** Saves a new version, which is about the experiments that its blocks name. A conflict if another version was saved since. */
export function useSaveReport(
  { report_id, experiment_ids }: Report,
  baseVersion: number,
  onSaved: () => void,
) {
  const client = useQueryClient()
  /** Experiments that the editor may not read stay if they were there, so that nobody else gets to read the report. */
  const idsOf = async (content: string) => {
    const ids = await Promise.all(
      experimentsOf(content).map((name) =>
        client.fetchQuery(namedExperimentQuery(name)).then(
          ({ experiment_id }) => experiment_id,
          () => (experiment_ids.includes(name) ? name : undefined),
        ),
      ),
    )
    return [...new Set(ids.filter((id) => id !== undefined))]
  }
  return useMutation({
    mutationFn: async ({ title, content }: Change) =>
      updateReport({
        ...{ report_id, title: title.trim(), content, base_version: baseVersion },
        experiment_ids: await idsOf(content),
      }),
    onSuccess: (saved) => {
      client.setQueryData(reportQuery(report_id).queryKey, saved)
      void client.invalidateQueries({ queryKey: queryKeys.reports() })
      void client.invalidateQueries({ queryKey: queryKeys.reportVersions(report_id) })
      onSaved()
    },
  })
}

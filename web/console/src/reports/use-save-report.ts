import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { RequestError } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { type Report, updateReport } from '../api/reports.js'
import { experimentsOf } from './block.js'
import { experimentsToSave } from './experiments-to-save.js'
import { namedExperimentQuery, reportQuery } from './report-queries.js'

interface Change {
  readonly title: string
  readonly content: string
}

/** Saves a new version with the experiments that its blocks name. Fails with a conflict after another save. */
export function useSaveReport(report: Report, baseVersion: number, onSaved: () => void) {
  const { report_id } = report
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: Change) => saveReport(client, report, baseVersion, change),
    onError: (error) => {
      // loads the newer version
      if (error instanceof RequestError && error.status === 409)
        void client.invalidateQueries({ queryKey: reportQuery(report_id).queryKey })
    },
    onSuccess: (saved) => {
      keepSavedReport(client, saved)
      onSaved()
    },
  })
}

/** Saves a report with the experiments that its blocks name. */
export async function saveReport(
  client: QueryClient,
  report: Report,
  base_version: number,
  { title, content }: Change,
): Promise<Report> {
  const { names, isComplete } = experimentsOf(content)
  const found = await Promise.all(
    names.map((name) =>
      client.fetchQuery(namedExperimentQuery(name)).then(
        ({ experiment_id }) => experiment_id,
        () => undefined,
      ),
    ),
  )
  const experiment_ids = experimentsToSave(report, found, isComplete)
  return updateReport({
    ...{ report_id: report.report_id, title: title.trim(), content, base_version },
    ...(experiment_ids && { experiment_ids }),
  })
}

export function keepSavedReport(client: QueryClient, saved: Report): void {
  client.setQueryData(reportQuery(saved.report_id).queryKey, saved)
  void client.invalidateQueries({ queryKey: queryKeys.reports() })
  void client.invalidateQueries({ queryKey: queryKeys.reportVersions(saved.report_id) })
}

import type { Reading } from '../api/all-pages.js'
import { batchesOf, MAX_RUNS } from '../api/batches.js'
import { batchGetRuns, type Projection, searchRuns } from '../api/runs.js'
import { keysOfColumns, toProjection } from './column-keys.js'
import type { Column } from './columns.js'
import { toCsv } from './csv.js'
import { orderBy } from './order.js'
import { toRow } from './row.js'
import type { RunsState } from './use-runs-state.js'

/** The columns of all runs of the filter, or of the selected ones, page by page. @throws RequestError */
export async function csvOfAll(
  { experimentId, filter, order, deleted, selected }: RunsState,
  columns: readonly Column[],
  reading: Reading,
): Promise<string> {
  const projection = toProjection(keysOfColumns(columns, { metrics: [], params: [], tags: [] }))
  if (selected.length > 0) return csvOfRuns(selected, columns, projection, reading)
  const parts: string[] = []
  for (let page_token: string | undefined = ''; page_token !== undefined; ) {
    const { runs = [], next_page_token } = await searchRuns(
      {
        experiment_ids: [experimentId],
        run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
        max_results: MAX_RUNS,
        projection,
        ...(filter && { filter }),
        ...(order && { order_by: [orderBy(order)] }),
        ...(page_token && { page_token }),
      },
      reading.signal,
    )
    addPart(parts, toCsv(runs.map(toRow), columns, Date.now()))
    reading.onPage(parts.length)
    page_token = next_page_token || undefined
  }
  return parts.join('')
}

/** Also of runs outside the filter, in the order in which they were selected. */
async function csvOfRuns(
  ids: readonly string[],
  columns: readonly Column[],
  projection: Projection,
  { signal, onPage }: Reading,
) {
  const parts: string[] = []
  for (const batch of batchesOf(ids)) {
    const runs = await batchGetRuns(batch, projection, signal)
    addPart(parts, toCsv(runs.map(toRow), columns, Date.now()))
    onPage(parts.length)
  }
  return parts.join('')
}

/** Only the first part keeps its header. */
const addPart = (parts: string[], text: string) =>
  void parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\r\n') + 2))

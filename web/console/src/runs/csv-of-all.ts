import { searchRuns } from '../api/runs.js'
import { keysOfColumns, toProjection } from './column-keys.js'
import type { Column } from './columns.js'
import { toCsv } from './csv.js'
import { orderBy } from './order.js'
import { toRow } from './row.js'
import type { RunsState } from './use-runs-state.js'

const PAGE = 1000

/** The columns of all runs of the filter, or of the selected ones, page by page. @throws RequestError */
export async function csvOfAll(
  { experimentId, filter, order, deleted, selected }: RunsState,
  columns: readonly Column[],
): Promise<string> {
  const projection = toProjection(keysOfColumns(columns, { metrics: [], params: [], tags: [] }))
  const chosen = new Set(selected)
  const parts: string[] = []
  for (let page_token: string | undefined = ''; page_token !== undefined; ) {
    const { runs = [], next_page_token } = await searchRuns({
      experiment_ids: [experimentId],
      run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
      max_results: PAGE,
      projection,
      ...(filter && { filter }),
      ...(order && { order_by: [orderBy(order)] }),
      ...(page_token && { page_token }),
    })
    const rows = runs.map(toRow).filter(({ info }) => chosen.size === 0 || chosen.has(info.run_id))
    const text = toCsv(rows, columns, Date.now())
    parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\r\n') + 2))
    page_token = next_page_token || undefined
  }
  return parts.join('')
}

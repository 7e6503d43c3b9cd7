import type { RunGroupRef } from '@cairn/platform/protocol/mlflow/run-projection'
import type { TFunction } from 'i18next'
import { MAX_RUNS } from '../api/batches.js'
import type { RunGroups, RunPage } from '../api/runs.js'
import { type GridItem, runItem } from './grid-items.js'
import { type Grouping, groupingId } from './grouping.js'
import type { Order } from './order.js'
import { rowOfRun } from './use-runs.js'

/** A group within others, outermost first. */
export type Path = readonly RunGroupRef[]

/** Groups within a path, or the runs in the innermost group. */
export type Level = RunGroups | RunPage

interface LevelResult {
  readonly data: Level | undefined
  readonly error: Error | null
  readonly refetch: () => unknown
}

/** Unique among the paths, and the same in each rendering. */
export const pathId = (path: Path) =>
  `group ${path.map((one) => `${groupingId(one)}=${JSON.stringify(one.value)}`).join(' ')}`

interface GroupItemsOptions {
  readonly groupBy: readonly Grouping[]
  readonly order: Order | undefined
  /** By the id of the path. */
  readonly levels: ReadonlyMap<string, LevelResult>
  readonly expanded: ReadonlyMap<string, Path>
  /** Receives the path of each group. */
  readonly paths: Map<string, Path>
  readonly more: (path: Path, count: number) => void
  readonly t: TFunction
}

/** Lists groups and what is in those that are expanded as rows of the grid. */
export class GroupItems {
  readonly #options: GroupItemsOptions
  readonly #items: GridItem[] = []

  constructor(options: GroupItemsOptions) {
    this.#options = options
  }

  list(root: Path): readonly GridItem[] {
    this.#visit(root)
    return this.#items
  }

  #visit(path: Path) {
    const { levels, t } = this.#options
    const { data, error, refetch } = levels.get(pathId(path))!
    if (error) this.#note(path, error.message, () => void refetch())
    else if (!data) this.#note(path, t('common.loading'))
    if (!data) return
    if ('groups' in data) this.#groups(path, data)
    else this.#runs(path, data)
  }

  #groups(path: Path, data: RunGroups) {
    const { groupBy, order, expanded, paths, t } = this.#options
    const by = groupBy[path.length]!
    for (const group of sorted(data.groups, order)) {
      const inner = [...path, { ...by, ...(group.value !== undefined && { value: group.value }) }]
      const id = pathId(inner)
      paths.set(id, inner)
      this.#items.push({ type: 'group', id, depth: path.length, by, group, expanded: expanded.has(id) })
      if (expanded.has(id)) this.#visit(inner)
    }
    const { length } = data.groups
    if (length < data.group_count)
      this.#note(path, t('runsTable.moreGroups', { shown: length, count: data.group_count }))
  }

  #runs(path: Path, { runs = [], next_page_token }: RunPage) {
    const { more, t } = this.#options
    for (const run of runs)
      this.#items.push(runItem({ row: rowOfRun(run), depth: path.length, children: 0 }, path.length))
    if (!next_page_token) return
    if (runs.length >= MAX_RUNS) this.#note(path, t('runsTable.firstRuns', { count: runs.length }))
    else this.#note(path, t('common.more'), () => more(path, Math.min(MAX_RUNS, runs.length * 2)))
  }

  #note(path: Path, text: string, onMore?: () => void) {
    const id = `${pathId(path)} note`
    this.#items.push({ type: 'note', id, depth: path.length, text, ...(onMore && { onMore }) })
  }
}

/** By the mean of the metric that orders the table, or else by size, as the server returns them. */
function sorted(groups: RunGroups['groups'], order: Order | undefined): RunGroups['groups'] {
  if (order?.column.kind !== 'metrics') return groups
  const { key } = order.column
  const meanOf = ({ metrics }: RunGroups['groups'][number]) => metrics.find((one) => one.key === key)?.mean
  return [...groups].sort((a, b) => {
    const [x, y] = [meanOf(a), meanOf(b)]
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
    return order.ascending ? x - y : y - x
  })
}

import type { RunGroup } from '@cairn/platform/protocol/cairn/run-tables'
import type { Grouping } from './grouping.js'
import type { TreeRow } from './tree.js'

interface Item {
  /** Unique among the items. */
  readonly id: string
  readonly depth: number
  /** Set for items that can be expanded. */
  readonly expanded?: boolean
}

/** A run in the grid; `id` is its own. */
export interface RunItem extends Item {
  readonly type: 'run'
  readonly tree: TreeRow
}

/** A group of runs. */
export interface GroupItem extends Item {
  readonly type: 'group'
  readonly by: Grouping
  readonly group: RunGroup
}

/** A row for content that is loading, has failed, or loads on demand. */
export interface NoteItem extends Item {
  readonly type: 'note'
  readonly text: string
  readonly onMore?: () => void
}

/** A row of the grid. */
export type GridItem = RunItem | GroupItem | NoteItem

export const runItem = (tree: TreeRow, depth: number, expanded?: boolean): RunItem => ({
  ...{ type: 'run', id: tree.row.info.run_id, tree, depth },
  ...(expanded !== undefined && { expanded }),
})

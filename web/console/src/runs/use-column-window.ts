import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo } from 'react'
import { observeOwnAxis } from '../ui/observe-own-axis.js'
import { type Column, columnFromId } from './columns.js'
import type { ChosenFigures } from './figures.js'
import type { RunsTableModel } from './use-runs-table.js'

export type RunsHeaderCell = ReturnType<RunsTableModel['getStartHeaderGroups']>[number]['headers'][number]

export interface LaidCell {
  readonly column: Column
  readonly index: number
  readonly width: number
  /** Distance in pixels from the start; set for columns that stay beside the name. */
  readonly left: number | undefined
  /** Width in pixels of the hidden columns before the cell. */
  readonly before: number
}

/** Cells of a row. The object is stable while nothing changes, so that memoized rows do not render. */
export interface CellLayout {
  readonly nameWidth: number
  readonly columns: readonly LaidCell[]
}

export interface LaidHeader {
  readonly header: RunsHeaderCell
  readonly cell: LaidCell
}

/** Virtualizes columns: the name and fixed columns, and the other columns in the viewport. */
export function useColumnWindow(
  table: RunsTableModel,
  scroller: React.RefObject<HTMLDivElement | null>,
  figures: ChosenFigures,
) {
  const [name, ...fixed] = table.getStartHeaderGroups()[0]!.headers
  const center = table.getCenterHeaderGroups()[0]?.headers ?? []
  const nameWidth = name!.getSize()
  const fixedWidth = fixed.reduce((sum, header) => sum + header.getSize(), nameWidth)
  const virtual = useVirtualizer({
    horizontal: true,
    count: center.length,
    getScrollElement: () => scroller.current,
    observeElementOffset: observeOwnAxis,
    estimateSize: (index) => center[index]!.getSize(),
    getItemKey: (index) => center[index]!.id,
    paddingStart: fixedWidth,
    overscan: 3,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths changed by hand must be measured anew
  useEffect(() => virtual.measure(), [table.state.columnSizing, fixedWidth])
  const items = virtual.getVirtualItems().filter(({ index }) => index < center.length)
  const before = Math.max(0, (items[0]?.start ?? fixedWidth) - fixedWidth)
  let left = nameWidth
  const headers: LaidHeader[] = fixed.map((header, index) => {
    const cell = laid(header, { index, left, before: 0 })
    left += cell.width
    return { header, cell }
  })
  for (const [position, { index }] of items.entries()) {
    const header = center[index]!
    const place = { index: fixed.length + index, left: undefined, before: position === 0 ? before : 0 }
    headers.push({ header, cell: laid(header, place) })
  }
  const shape = headers.map(
    ({ cell }) => `${cell.index} ${cell.width} ${cell.left} ${cell.before} ${cell.column.id}`,
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is all that the layout is made of
  const layout = useMemo(
    (): CellLayout => ({ nameWidth, columns: headers.map(({ cell }) => cell) }),
    [nameWidth, shape.join('|'), figures],
  )
  return { name: name!, headers, layout, total: virtual.getTotalSize() }
}

const laid = (header: RunsHeaderCell, place: Omit<LaidCell, 'column' | 'width'>): LaidCell => ({
  ...place,
  column: columnFromId(header.id)!,
  width: header.getSize(),
})

import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo } from 'react'
import { type Column, columnFromId } from './columns.js'
import type { RunsTableModel } from './use-runs-table.js'

export type RunsHeaderCell = ReturnType<RunsTableModel['getStartHeaderGroups']>[number]['headers'][number]

/** Cells of a row and their widths. The object is stable while nothing changes, so that memoized rows do not render. */
export interface CellLayout {
  readonly nameWidth: number
  /** Width in pixels of the hidden columns between the name and the first cell. */
  readonly before: number
  readonly columns: readonly { readonly column: Column; readonly index: number; readonly width: number }[]
}

/** Virtualizes columns: the pinned name, and the other columns in the viewport. */
export function useColumnWindow(table: RunsTableModel, scroller: React.RefObject<HTMLDivElement | null>) {
  const name = table.getStartHeaderGroups()[0]!.headers[0]!
  const center = table.getCenterHeaderGroups()[0]?.headers ?? []
  const nameWidth = name.getSize()
  const virtual = useVirtualizer({
    horizontal: true,
    count: center.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => center[index]!.getSize(),
    getItemKey: (index) => center[index]!.id,
    paddingStart: nameWidth,
    overscan: 3,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths changed by hand must be measured anew
  useEffect(() => virtual.measure(), [table.state.columnSizing, nameWidth])
  const items = virtual.getVirtualItems().filter(({ index }) => index < center.length)
  const headers = items.map(({ index }) => ({ header: center[index]!, index }))
  const before = Math.max(0, (items[0]?.start ?? nameWidth) - nameWidth)
  const shape = [
    nameWidth,
    before,
    ...headers.map(({ header, index }) => `${index} ${header.getSize()} ${header.id}`),
  ]
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is all that the layout is made of
  const layout = useMemo(
    (): CellLayout => ({
      nameWidth,
      before,
      columns: headers.map(({ header, index }) => ({
        column: columnFromId(header.id)!,
        index,
        width: header.getSize(),
      })),
    }),
    [shape.join('|')],
  )
  return { name, headers, layout, total: virtual.getTotalSize() }
}

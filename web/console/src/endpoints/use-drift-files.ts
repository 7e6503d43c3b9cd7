import { type RefObject, useEffect, useRef } from 'react'
import { currentPaint } from '../cards/paint.js'
import { elementSvg } from '../charts/element-svg.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import type { Table } from '../ui/table.js'

/** A chart of the page as files: its SVG and its table. */
export function useDriftFiles(drawing: RefObject<SVGSVGElement | null>, title: string, table: Table) {
  const files = useRef<DrawingFiles>(undefined)
  useEffect(() => {
    files.current = {
      svg: async () =>
        drawing.current ? elementSvg(drawing.current, { title, colors: currentPaint() }) : undefined,
      table: () => table,
    }
  }, [drawing, title, table])
  return files
}

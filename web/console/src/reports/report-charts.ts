import { createContext, type RefObject } from 'react'
import type { DrawingFiles } from '../ui/save-drawing.js'

/** The charts of a report for export and print. */
export interface ReportCharts {
  /** By the line of their block. */
  readonly files: Map<number, RefObject<DrawingFiles | undefined>>
  /** True if charts out of view are drawn too. */
  readonly all: boolean
}

export const ReportCharts = createContext<ReportCharts>({ files: new Map(), all: false })

import { useRef, useState } from 'react'
import { paintLight } from '../app/theme.js'
import { chartsDrawn, exportReport } from './export-report.js'
import type { ReportCharts } from './report-charts.js'

/** Prints and exports a report with all of its charts drawn in light colours. */
export function useReportOutput(title: string) {
  const [files] = useState<ReportCharts['files']>(() => new Map())
  const [all, setAll] = useState(false)
  const [error, setError] = useState<unknown>()
  const root = useRef<HTMLDivElement>(null)
  const charts = { files, all }
  const output = async (write: (text: Element) => unknown) => {
    const text = root.current?.querySelector('.report-text')
    if (!text || all) return
    setAll(true)
    setError(undefined)
    paintLight(true)
    try {
      await chartsDrawn(text, charts)
      await write(text)
    } catch (failure) {
      setError(failure)
    } finally {
      paintLight(false)
      setAll(false)
    }
  }
  return {
    root,
    charts,
    isBusy: all,
    error,
    print: () => output(() => window.print()),
    save: () => output((text) => exportReport(title, text, charts)),
  }
}

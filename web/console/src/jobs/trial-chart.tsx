import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { usePaintedTheme } from '../app/theme.js'
import { chartFiles } from '../cards/chart-files.js'
import { EChart } from '../cards/echart.js'
import { GRID, tooltipOf, tooltipStyle, xValueAxis, yValueAxis } from '../cards/kinds/axes.js'
import { currentPaint } from '../cards/paint.js'
import { useFormat } from '../i18n/format.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { SaveMenu } from '../ui/save-menu.js'
import { tableOf } from '../ui/table.js'
import { isRanked, pointsOf, type Sweep } from './trials.js'

interface TrialChartProps {
  readonly trials: Parameters<typeof pointsOf>[0]
  readonly sweep: Sweep
}

const HEIGHT_PX = 220

/** The metric of each trial by its number, and the best so far. The table of trials has the same values. */
export function TrialChart({ trials, sweep }: TrialChartProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const theme = usePaintedTheme()
  const { metric, goal } = sweep.objective
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours
  const drawn = useMemo(() => {
    const paint = currentPaint()
    const points = pointsOf(trials, goal)
    const chart = {
      grid: GRID,
      tooltip: {
        ...tooltipStyle(paint),
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const { number, value, trial } = points[dataIndex]!
          return tooltipOf(t('jobs.trialNumber', { number }), [
            [metric, format.metric(value)],
            ...Object.entries(trial.input as object).map(([name, one]) => [name, String(one)] as const),
          ])
        },
      },
      xAxis: { ...xValueAxis({ name: t('jobs.trial'), log: false, paint }), minInterval: 1 },
      yAxis: yValueAxis({ name: metric, log: false, paint }),
      series: [
        {
          type: 'scatter',
          symbolSize: points.length > 300 ? 5 : 8,
          data: points.map(({ number, value, trial }) => ({
            value: [number, value],
            itemStyle: { color: isRanked(trial) ? paint.accent : paint.faint, opacity: 0.85 },
          })),
        },
        {
          type: 'line',
          silent: true,
          symbol: 'none',
          step: 'end',
          data: points.flatMap(({ number, best }) => (best === undefined ? [] : [[number, best]])),
          lineStyle: { color: paint.good, width: 1.5 },
        },
      ],
    }
    const table = tableOf(points, [
      [t('jobs.trial'), ({ number }) => number],
      [metric, ({ value }) => value],
      ['run_id', ({ trial }) => trial.mlflow_run_id],
    ])
    return { chart, table, runs: [points.map(({ trial }) => trial.mlflow_run_id)] }
  }, [trials, goal, metric, t, format, theme])
  const title = t('jobs.objectiveByTrial', { metric })
  const files = useRef<DrawingFiles>(undefined)
  useEffect(() => {
    files.current = chartFiles({ chart: drawn.chart, table: drawn.table, title, height: HEIGHT_PX })
  }, [drawn, title])
  return (
    <div className="trial-chart">
      <SaveMenu title={title} files={files} />
      <EChart option={drawn.chart} runs={drawn.runs} title={title} height={HEIGHT_PX} />
    </div>
  )
}

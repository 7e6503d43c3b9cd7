import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { usePaintedTheme } from '../app/theme.js'
import { EChart } from '../cards/echart.js'
import { GRID, tooltipOf, tooltipStyle, xValueAxis, yValueAxis } from '../cards/kinds/axes.js'
import { currentPaint } from '../cards/paint.js'
import { useFormat } from '../i18n/format.js'
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
    return { chart, runs: [points.map(({ trial }) => trial.mlflow_run_id)] }
  }, [trials, goal, metric, t, format, theme])
  return (
    <EChart
      option={drawn.chart}
      runs={drawn.runs}
      title={t('jobs.objectiveByTrial', { metric })}
      height={HEIGHT_PX}
    />
  )
}

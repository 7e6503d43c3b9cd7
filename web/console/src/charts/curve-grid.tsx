import { useTranslation } from 'react-i18next'
import { Segments } from '../ui/segments.js'
import { Empty } from '../ui/states.js'
import { CurveCard } from './curve-card.js'
import type { CurveRun } from './curve-run.js'
import type { CurveView } from './curve-view.js'
import { Legend } from './legend.js'
import './charts.css'

interface CurveGridProps {
  readonly metrics: readonly string[]
  readonly runs: readonly CurveRun[]
  readonly view: CurveView
  readonly onView: (view: CurveView) => void
}

export function CurveGrid({ metrics, runs, view, onView }: CurveGridProps) {
  const { t } = useTranslation()
  if (metrics.length === 0) return <Empty title={t('curves.none')}>{t('curves.noneHelp')}</Empty>
  return (
    <>
      <CurveControls view={view} onView={onView} />
      <Legend runs={runs} />
      <div className="curve-grid">
        {metrics.map((metric) => (
          <CurveCard key={metric} metric={metric} runs={runs} view={view} />
        ))}
      </div>
    </>
  )
}

function CurveControls({ view, onView }: Pick<CurveGridProps, 'view' | 'onView'>) {
  const { t } = useTranslation()
  return (
    <div className="curve-controls">
      <Segments
        label={t('curves.axis')}
        value={view.axis === 'metric' ? 'step' : view.axis}
        options={[
          { value: 'step', label: t('curves.step') },
          { value: 'time', label: t('curves.time') },
          { value: 'wall', label: t('curves.wall') },
        ]}
        onChange={(axis) => onView({ ...view, axis })}
      />
      <Segments
        label={t('curves.scale')}
        value={view.log ? 'log' : 'linear'}
        options={[
          { value: 'linear', label: t('curves.linear') },
          { value: 'log', label: t('curves.log') },
        ]}
        onChange={(scale) => onView({ ...view, log: scale === 'log' })}
      />
      <label className="smoothing">
        <span>{t('curves.smoothing')}</span>
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={view.smoothing.weight}
          onChange={({ target }) =>
            onView({ ...view, smoothing: { ...view.smoothing, weight: Number(target.value) } })
          }
        />
        <output>{view.smoothing.weight.toFixed(2)}</output>
      </label>
    </div>
  )
}

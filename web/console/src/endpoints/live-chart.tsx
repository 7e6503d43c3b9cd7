import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Line } from '../charts/line-chart.js'
import { LineMark } from '../charts/line-mark.js'
import { useFormat } from '../i18n/format.js'
import '../charts/charts.css'

const LineChart = lazy(async () => ({ default: (await import('../charts/line-chart.js')).LineChart }))

const HEIGHT = 150

/** A small chart over the time of day. Its legend has the latest values, also for screen readers. */
export function LiveChart({ title, lines }: { title: string; lines: readonly Line[] }) {
  const { t } = useTranslation()
  const { language } = useFormat()
  return (
    <figure className="live-chart" aria-label={title}>
      <h3>{title}</h3>
      <Suspense fallback={<div className="line-chart" />}>
        <LineChart
          title={title}
          lines={lines}
          xLabel={t('traffic.time')}
          style={{ clock: true }}
          height={HEIGHT}
        />
      </Suspense>
      <figcaption>
        <ul>
          {lines.map(({ id, label, style, curve }) => (
            <li key={id}>
              <LineMark style={style} width={18} />
              <span className="truncate">{label}</span>
              <b>{valueText(curve.ys.at(-1), language)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  )
}

const valueText = (value = Number.NaN, language: string) =>
  Number.isNaN(value) ? '–' : value.toLocaleString(language, { maximumSignificantDigits: 3 })

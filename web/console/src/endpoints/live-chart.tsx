import { lazy, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Line } from '../charts/line-chart.js'
import { lineFiles } from '../charts/line-files.js'
import { lineLabels } from '../charts/line-labels.js'
import { LineMark } from '../charts/line-mark.js'
import { useFormat } from '../i18n/format.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { SaveMenu } from '../ui/save-menu.js'
import '../charts/charts.css'

const LineChart = lazy(async () => ({ default: (await import('../charts/line-chart.js')).LineChart }))

const HEIGHT = 150
const STYLE = { clock: true }

/** A small chart over the time of day. Its legend has the latest values, also for screen readers. */
export function LiveChart({ title, lines }: { title: string; lines: readonly Line[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const files = useRef<DrawingFiles>(undefined)
  useEffect(() => {
    const options = { title, lines, style: STYLE, xLabel: t('traffic.time'), height: HEIGHT, format }
    files.current = lineFiles({ ...options, labels: lineLabels(t, t('traffic.line')) })
  }, [title, lines, t, format])
  return (
    <figure className="live-chart" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <SaveMenu title={title} files={files} />
      </header>
      <Suspense fallback={<div className="line-chart" />}>
        <LineChart title={title} lines={lines} xLabel={t('traffic.time')} style={STYLE} height={HEIGHT} />
      </Suspense>
      <figcaption>
        <ul>
          {lines.map(({ id, label, style, curve }) => (
            <li key={id}>
              <LineMark style={style} width={18} />
              <span className="truncate">{label}</span>
              <b>{valueText(curve.ys.at(-1), format.language)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  )
}

const valueText = (value = Number.NaN, language: string) =>
  Number.isNaN(value) ? '–' : value.toLocaleString(language, { maximumSignificantDigits: 3 })

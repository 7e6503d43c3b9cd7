import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { VersionDrift } from '../api/drift.js'
import { useFormat } from '../i18n/format.js'
import { SaveMenu } from '../ui/save-menu.js'
import { tableOf } from '../ui/table.js'
import { useDriftFiles } from './use-drift-files.js'

type Bin = NonNullable<VersionDrift['scores']>['bins'][number]

const WIDTH = 400
const HEIGHT = 120
/** The share of a bin that both bars take together. */
const FILLED = 0.76

/** Shares of scores in the bins of the baseline, with a table of the same values. */
export function ScoreHistogram({ bins }: { bins: readonly Bin[] }) {
  const { t } = useTranslation()
  const drawing = useRef<SVGSVGElement>(null)
  const title = t('drift.histogram')
  const table = useMemo(
    () =>
      tableOf(bins, [
        [t('cards.from'), ({ above }) => above],
        [t('cards.to'), ({ up_to }) => up_to],
        [t('drift.before'), ({ baseline }) => baseline],
        [t('drift.today'), ({ now }) => now],
      ]),
    [bins, t],
  )
  const files = useDriftFiles(drawing, title, table)
  const highest = Math.max(...bins.flatMap(({ baseline, now }) => [baseline, now]))
  const width = WIDTH / bins.length
  return (
    <figure className="drift-chart" aria-label={title}>
      <figcaption>
        <strong>{title}</strong>
        <ul>
          <li className="before">{t('drift.before')}</li>
          <li className="now">{t('drift.today')}</li>
        </ul>
        <SaveMenu title={title} files={files} />
      </figcaption>
      <svg ref={drawing} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {bins.map(({ baseline, now }, at) =>
          [baseline, now].map((share, side) => {
            const bar = (width * FILLED) / 2
            const height = highest === 0 ? 0 : (share / highest) * HEIGHT
            return (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: bins are ordered
                key={`${at} ${side}`}
                className={side === 0 ? 'before' : 'now'}
                x={at * width + (width * (1 - FILLED)) / 2 + side * bar}
                y={HEIGHT - height}
                width={bar}
                height={height}
              />
            )
          }),
        )}
      </svg>
      <details>
        <summary>{t('drift.values')}</summary>
        <HistogramTable bins={bins} />
      </details>
    </figure>
  )
}

function HistogramTable({ bins }: { bins: readonly Bin[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const share = (value: number) => `${Number((100 * value).toFixed(1))}%`
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t('drift.score')}</th>
          <th scope="col" className="number">
            {t('drift.before')}
          </th>
          <th scope="col" className="number">
            {t('drift.today')}
          </th>
        </tr>
      </thead>
      <tbody>
        {bins.map(({ above, up_to, baseline, now }) => (
          <tr key={up_to ?? 'last'}>
            <th scope="row">
              {above === undefined ? '−∞' : format.metric(above)} –{' '}
              {up_to === undefined ? '∞' : format.metric(up_to)}
            </th>
            <td className="number">{share(baseline)}</td>
            <td className="number">{share(now)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

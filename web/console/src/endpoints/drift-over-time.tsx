import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { VersionDrift } from '../api/drift.js'
import { useFormat } from '../i18n/format.js'
import { SaveMenu } from '../ui/save-menu.js'
import { tableOf, timeCell } from '../ui/table.js'
import { LARGE, MODERATE } from './drift-verdict.js'
import { useDriftFiles } from './use-drift-files.js'

type Windows = VersionDrift['windows']

const WIDTH = 400
const HEIGHT = 120
const MARGIN = 6

/** The stability index of consecutive answers, with the customary limits and a table of the same values. */
export function DriftOverTime({ windows }: { windows: Windows }) {
  const { t } = useTranslation()
  const drawing = useRef<SVGSVGElement>(null)
  const title = t('drift.overTime')
  const table = useMemo(
    () =>
      tableOf(windows, [
        [t('drift.until'), ({ to }) => timeCell(to)],
        [t('drift.answers'), ({ answers }) => answers],
        ['PSI', ({ psi }) => psi],
        ['KS', ({ ks }) => ks],
      ]),
    [windows, t],
  )
  const files = useDriftFiles(drawing, title, table)
  const highest = Math.max(LARGE * 1.2, ...windows.map(({ psi }) => psi))
  const y = (psi: number) => HEIGHT - MARGIN - (psi / highest) * (HEIGHT - 2 * MARGIN)
  const x = (at: number) => MARGIN + (at / (windows.length - 1)) * (WIDTH - 2 * MARGIN)
  return (
    <figure className="drift-chart" aria-label={title}>
      <figcaption>
        <strong>{title}</strong>
        <SaveMenu title={title} files={files} />
      </figcaption>
      <svg ref={drawing} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {[MODERATE, LARGE].map((limit) => (
          <line key={limit} className="limit" x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />
        ))}
        <polyline className="line" points={windows.map(({ psi }, at) => `${x(at)},${y(psi)}`).join(' ')} />
      </svg>
      <details>
        <summary>{t('drift.values')}</summary>
        <WindowsTable windows={windows} />
      </details>
    </figure>
  )
}

function WindowsTable({ windows }: { windows: Windows }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rounded = (value: number) => String(Number(value.toFixed(3)))
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t('drift.until')}</th>
          <th scope="col" className="number">
            {t('drift.answers')}
          </th>
          <th scope="col" className="number">
            PSI
          </th>
          <th scope="col" className="number">
            KS
          </th>
        </tr>
      </thead>
      <tbody>
        {windows.map(({ from, to, answers, psi, ks }) => (
          <tr key={`${from} ${to}`}>
            <th scope="row">{format.time(to)}</th>
            <td className="number">{format.integer(answers)}</td>
            <td className="number">{rounded(psi)}</td>
            <td className="number">{rounded(ks)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { EndpointDeployment } from '../api/deployments.js'
import { useFormat } from '../i18n/format.js'
import { type Band, lanesOf } from './version-bands.js'

/** Shows the served versions over time: one lane for each served entity, one band for each version. */
export function VersionsOverTime({ deployments }: { deployments: readonly EndpointDeployment[] }) {
  const { t } = useTranslation()
  const heading = useId()
  const format = useFormat()
  const now = Date.now()
  const lanes = lanesOf(deployments, now)
  const start = Math.min(...lanes.flatMap(({ bands }) => bands.map(({ from }) => from)))
  if (lanes.length === 0) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('bands.title')}</h2>
      </header>
      <div className="body lanes">
        {lanes.map(({ entity, bands }) => (
          <div key={entity} className="lane">
            <strong className="truncate" title={entity}>
              {entity}
            </strong>
            <ol>
              {bands.map((band, index) => (
                <VersionBand
                  key={band.from}
                  band={band}
                  place={{
                    start,
                    span: Math.max(1, now - start),
                    isOdd: index % 2 === 1,
                    isOpen: band.to >= now,
                  }}
                />
              ))}
            </ol>
          </div>
        ))}
        <div className="lane-ends muted" aria-hidden="true">
          <span>{format.time(start)}</span>
          <span>{t('bands.now')}</span>
        </div>
      </div>
    </section>
  )
}

interface BandPosition {
  readonly start: number
  readonly span: number
  /** Neighbours differ in shade. */
  readonly isOdd: boolean
  readonly isOpen: boolean
}

function VersionBand({ band, place }: { band: Band; place: BandPosition }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { version, percent, from, to } = band
  const left = (100 * (from - place.start)) / place.span
  const text = t('bands.band', {
    version,
    percent,
    from: format.time(from),
    to: place.isOpen ? t('bands.now') : format.time(to),
  })
  return (
    <li
      className={place.isOdd ? 'odd' : undefined}
      style={{ insetInlineStart: `${left}%`, width: `${(100 * (to - from)) / place.span}%` }}
      title={text}
    >
      <span aria-hidden="true" className="band-label">
        v{version}
        {percent < 100 && ` · ${percent}%`}
      </span>
      <span className="visually-hidden">{text}</span>
    </li>
  )
}

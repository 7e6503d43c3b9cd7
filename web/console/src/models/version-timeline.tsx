import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { useFormat } from '../i18n/format.js'
import { aliasMovesQuery } from './queries.js'
import { type AliasSpan, timelineOf } from './timeline.js'

interface VersionTimelineProps {
  readonly name: string
  readonly versions: readonly ModelVersion[]
  readonly aliases: readonly { readonly alias: string; readonly version: string }[]
}

/** The narrowest share of the width at which a span is still seen. */
const MIN_PERCENT = 1.5
/** The half of a mark, so that the first and the last one are within their lane. */
const EDGE_PX = 6

const scaled = (percent: number) => `(100% - ${2 * EDGE_PX}px) * ${percent / 100}`
const offsetOf = (percent: number) => `calc(${EDGE_PX}px + ${scaled(percent)})`

/** When versions were created and which of them the aliases had; nothing before the second version or an alias. */
export function VersionTimeline({ name, versions, aliases }: VersionTimelineProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const moves = useQuery(aliasMovesQuery(name)).data ?? []
  const timeline = timelineOf({ versions, moves, aliases, now: Date.now() })
  if (!timeline || (timeline.aliases.length === 0 && versions.length < 2)) return null
  const { start, end } = timeline
  const percent = (time: number) => (end > start ? ((time - start) / (end - start)) * 100 : 0)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('timeline.title')}</h2>
      </header>
      <div className="version-timeline">
        <span className="lane-name muted">{t('models.versions')}</span>
        <ol className="lane">
          {timeline.versions.map(({ version, at }) => (
            <li key={version} className="mark" style={{ insetInlineStart: offsetOf(percent(at)) }}>
              <Link
                to="/models/$name/versions/$version"
                params={{ name, version }}
                title={`v${version} · ${format.time(at)}`}
                aria-label={t('timeline.created', { version, time: format.time(at) })}
              />
            </li>
          ))}
        </ol>
        {timeline.aliases.map(({ alias, spans }) => (
          <Lane key={alias} name={name} alias={alias} spans={spans} percent={percent} />
        ))}
        <span />
        <div className="lane-ends muted" aria-hidden="true">
          <span>{format.time(start)}</span>
          <span>{t('timeline.now')}</span>
        </div>
      </div>
    </section>
  )
}

interface LaneProps {
  readonly name: string
  readonly alias: string
  readonly spans: readonly AliasSpan[]
  readonly percent: (time: number) => number
}

function Lane({ name, alias, spans, percent }: LaneProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      <span className="lane-name">@{alias}</span>
      <ol className="lane">
        {spans.map(({ version, from, to }) => {
          const left = Math.min(percent(from), 100 - MIN_PERCENT)
          const width = Math.max(MIN_PERCENT, (to === undefined ? 100 : percent(to)) - left)
          const times = to
            ? t('timeline.fromTo', { from: format.time(from), to: format.time(to) })
            : t('timeline.since', { from: format.time(from) })
          return (
            <li
              key={`${version} ${from}`}
              className={alias === 'champion' ? 'span accent' : 'span'}
              style={{ insetInlineStart: offsetOf(left), width: `calc(${scaled(width)})` }}
              title={`v${version} · ${times}`}
            >
              <Link to="/models/$name/versions/$version" params={{ name, version }} className="truncate">
                v{version}
                <span className="visually-hidden"> {times}</span>
              </Link>
            </li>
          )
        })}
      </ol>
    </>
  )
}

import { useTranslation } from 'react-i18next'
import type { SpanDetail } from '../api/traces.js'
import { useFormat } from '../i18n/format.js'
import { JsonText } from './json-text.js'

const NANOS_PER_MS = 1e6
const STACK = 'exception.stacktrace'
const TYPE = 'exception.type'
const MESSAGE = 'exception.message'

/** The events of a span. An exception has its message and stack. */
export function SpanEvents({ detail: { events, links } }: { detail: SpanDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (events.length === 0 && links.length === 0) return <p className="muted">{t('spans.noEvents')}</p>
  return (
    <ul className="span-events">
      {events.map((event, index) => {
        const { [STACK]: stack, [TYPE]: type, [MESSAGE]: message, ...rest } = event.attributes ?? {}
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: events have no identity
          <li key={index}>
            <h3>
              {type ? String(type) : event.name}
              <small className="muted">{format.time(Number(event.time_unix_nano) / NANOS_PER_MS)}</small>
            </h3>
            {message !== undefined && <p className="problem">{String(message)}</p>}
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line must be reachable to scroll */}
            {stack !== undefined && <pre tabIndex={0}>{String(stack)}</pre>}
            {Object.keys(rest).length > 0 && <JsonText value={rest} />}
          </li>
        )
      })}
      {links.map(({ trace_id, span_id }) => (
        <li key={`${trace_id} ${span_id}`}>
          <h3>{t('spans.link')}</h3>
          <code>
            {trace_id} / {span_id}
          </code>
        </li>
      ))}
    </ul>
  )
}

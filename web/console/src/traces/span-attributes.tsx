import { useTranslation } from 'react-i18next'
import type { SpanDetail } from '../api/traces.js'
import { JsonText } from './json-text.js'

/** Attributes that the other views show. */
const SHOWN_ELSEWHERE = new Set(['mlflow.spanInputs', 'mlflow.spanOutputs', 'mlflow.traceRequestId'])

export function SpanAttributes({ attributes }: { attributes: SpanDetail['attributes'] }) {
  const { t } = useTranslation()
  const entries = Object.entries(attributes).filter(([key]) => !SHOWN_ELSEWHERE.has(key))
  if (entries.length === 0) return <p className="muted">{t('spans.noAttributes')}</p>
  return (
    <dl className="span-attributes">
      {entries
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => (
          <div key={key}>
            <dt className="mono">{key}</dt>
            <dd>{typeof value === 'string' ? value : <JsonText value={value} />}</dd>
          </div>
        ))}
    </dl>
  )
}

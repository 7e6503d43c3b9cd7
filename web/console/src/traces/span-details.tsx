import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { SpanDetail, SpanSummary } from '../api/traces.js'
import { useFormat } from '../i18n/format.js'
import { Failure, Skeleton } from '../ui/states.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { SpanAttributes } from './span-attributes.js'
import { SpanEvents } from './span-events.js'
import { spanKind } from './span-kind.js'
import { formatCost } from './trace-values.js'
import { useSpan } from './use-spans.js'
import { ValueView } from './value-view.js'

const VIEWS = ['content', 'attributes', 'events'] as const
type View = (typeof VIEWS)[number]
const INPUTS = 'mlflow.spanInputs'
const OUTPUTS = 'mlflow.spanOutputs'

interface SpanDetailsProps {
  readonly traceId: string
  readonly span: SpanSummary
  readonly details: ReadonlyMap<string, SpanDetail> | undefined
  readonly view: string | undefined
  readonly onView: (view: string) => void
}

/** The contents of the selected span. */
export function SpanDetails({ traceId, span, details, view, onView }: SpanDetailsProps) {
  const { t } = useTranslation()
  const { language, integer } = useFormat()
  const heading = useId()
  const detail = useSpan(traceId, span.span_id, details)
  const shown = VIEWS.find((one) => one === view) ?? 'content'
  const labelOf = (one: View) =>
    one === 'events' && detail.data && detail.data.events.length > 0
      ? `${t('spans.events')} (${detail.data.events.length})`
      : t(`spans.${one}`)
  return (
    <section className="panel span-details" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>
          <span className={`span-kind ${spanKind(span.type)}`} aria-hidden="true" />
          <span className="truncate">{span.name}</span>
        </h2>
        <span className="span-figures">
          <span className="chip">{span.type}</span>
          {span.total_tokens !== undefined && (
            <span className="muted">
              {t('spans.tokens', { count: span.total_tokens, text: integer(span.total_tokens) })}
            </span>
          )}
          {span.total_cost !== undefined && (
            <span className="muted">{formatCost(span.total_cost, language)}</span>
          )}
        </span>
      </header>
      <div className="body">
        <Tabs<View>
          label={t('spans.details')}
          value={shown}
          tabs={VIEWS.map((value) => ({ value, label: labelOf(value) }))}
          onChange={(value) => onView(value === 'content' ? '' : value)}
        />
        <TabPanel value={shown}>
          {detail.isPending && <Skeleton />}
          {detail.isError && <Failure error={detail.error} retry={() => void detail.refetch()} />}
          {detail.data && <SpanView detail={detail.data} view={shown} />}
        </TabPanel>
      </div>
    </section>
  )
}

function SpanView({ detail, view }: { detail: SpanDetail; view: View }) {
  const { t } = useTranslation()
  if (view === 'attributes') return <SpanAttributes attributes={detail.attributes} />
  if (view === 'events') return <SpanEvents detail={detail} />
  const { [INPUTS]: inputs, [OUTPUTS]: outputs } = detail.attributes
  return (
    <>
      {detail.status_message && (
        <div className="notice bad">
          <div>{detail.status_message}</div>
        </div>
      )}
      <ValueView title={t('spans.inputs')} value={inputs} />
      <ValueView title={t('spans.outputs')} value={outputs} />
    </>
  )
}

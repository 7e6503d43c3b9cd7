import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listToText } from '../app/url-state.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { localMs, localText } from '../ui/local-time.js'
import { Popover } from '../ui/popover.js'
import { SaveTable } from '../ui/save-table.js'
import { Segments } from '../ui/segments.js'
import { SubmitButton } from '../ui/submit-button.js'
import { TRACE_COLUMNS } from './trace-cells.js'
import { tracesTable } from './traces-csv.js'
import { boundsOf, FILTERED_STATUSES, RANGES, type RangeName, type TracesState } from './traces-state.js'

/** Status, time range, columns and charts of the list. */
export function TracesToolbar({ state }: { state: TracesState }) {
  const { t } = useTranslation()
  const { status, charts, change } = state
  return (
    <div className="trace-toolbar">
      <Segments
        label={t('traces.status')}
        value={status}
        options={[
          { value: '', label: t('traces.allStatuses') },
          ...FILTERED_STATUSES.map((value) => ({ value, label: t(`traceStatus.${value}`) })),
        ]}
        onChange={(value) => change({ status: value })}
      />
      <RangePicker state={state} />
      <span className="spring" />
      <button
        type="button"
        className="button"
        aria-pressed={charts}
        onClick={() => change({ charts: charts ? '' : 'shown' })}
      >
        <Icon name="compare" />
        {t('traces.charts')}
      </button>
      <ColumnsPicker state={state} />
      <SaveTable name={t('experimentTabs.traces')} table={(reading) => tracesTable(state, t, reading)} />
    </div>
  )
}

function RangePicker({ state: { range, change } }: { state: TracesState }) {
  const { t } = useTranslation()
  const isCustom = range !== '' && !(range in RANGES)
  return (
    <Popover
      label={
        <>
          {isCustom ? t('traceRange.custom') : t(`traceRange.${(range || 'all') as RangeName | 'all'}`)}
          <Icon name="down" size={12} />
        </>
      }
    >
      {(close) => (
        <div className="menu range-menu">
          <ul>
            {(['', ...Object.keys(RANGES)] as ('' | RangeName)[]).map((name) => (
              <li key={name}>
                <button
                  type="button"
                  className="button ghost"
                  aria-current={name === range}
                  onClick={() => {
                    change({ range: name })
                    close()
                  }}
                >
                  {t(`traceRange.${name || 'all'}`)}
                </button>
              </li>
            ))}
          </ul>
          <CustomRange
            range={isCustom ? range : ''}
            onApply={(next) => {
              change({ range: next })
              close()
            }}
          />
        </div>
      )}
    </Popover>
  )
}

function CustomRange({ range, onApply }: { range: string; onApply: (range: string) => void }) {
  const { t } = useTranslation()
  const bounds = boundsOf(range, 0)
  const [from, setFrom] = useState(localText(bounds.from))
  const [to, setTo] = useState(localText(bounds.to))
  const backwards = from !== '' && to !== '' && from > to
  const isReady = !backwards && (from !== '' || to !== '')
  return (
    <Form className="stack" isReady={isReady} onSubmit={() => onApply(`${localMs(from)}..${localMs(to)}`)}>
      <FormField label={t('traceRange.from')}>
        {(attributes) => (
          <input
            {...attributes}
            className="input"
            type="datetime-local"
            step="1"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        )}
      </FormField>
      <FormField label={t('traceRange.to')} problem={backwards ? t('traceRange.backwards') : undefined}>
        {(attributes) => (
          <input
            {...attributes}
            className="input"
            type="datetime-local"
            step="1"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        )}
      </FormField>
      <SubmitButton isReady={isReady}>{t('filter.apply')}</SubmitButton>
    </Form>
  )
}

function ColumnsPicker({ state: { columns, change } }: { state: TracesState }) {
  const { t } = useTranslation()
  const toggle = (id: string) => {
    const next = columns.includes(id) ? columns.filter((one) => one !== id) : [...columns, id]
    change({ columns: listToText(next) ?? 'none' })
  }
  return (
    <Popover
      align="end"
      label={
        <>
          <Icon name="columns" />
          {t('runs.columns')}
        </>
      }
    >
      {() => (
        <fieldset className="menu columns-menu">
          <legend className="visually-hidden">{t('runs.columns')}</legend>
          {TRACE_COLUMNS.map(({ id }) => (
            <label key={id}>
              <input type="checkbox" checked={columns.includes(id)} onChange={() => toggle(id)} />
              {t(`traceColumn.${id as 'time'}`)}
            </label>
          ))}
        </fieldset>
      )}
    </Popover>
  )
}

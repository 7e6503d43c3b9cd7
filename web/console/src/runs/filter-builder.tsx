import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Form } from '../ui/form.js'
import { FormActions } from '../ui/form-actions.js'
import { Icon } from '../ui/icon.js'
import { localMs, localText } from '../ui/local-time.js'
import type { Column } from './columns.js'
import { checkFilter } from './filter-check.js'
import {
  comparatorsOf,
  conditionsText,
  type FilterCondition,
  hasValue,
  isComplete,
  isNumeric,
  isTime,
  parseConditions,
  startedSince,
} from './filter-conditions.js'
import { useFieldValues } from './use-field-values.js'
import { useFilterCount } from './use-filter-count.js'

const EMPTY: FilterCondition = { field: '', comparator: '=', value: '' }
const MAX_SHOWN = 100
const EXTRA_FIELDS = ['attributes.run_name', 'dataset.name', 'dataset.digest']

interface FilterBuilderProps {
  readonly experimentId: string
  readonly filter: string
  readonly deleted: boolean
  readonly available: readonly Column[]
  readonly onSubmit: (filter: string) => void
}

/** Builds a filter from conditions that must all hold. */
export function FilterBuilder({ experimentId, filter, deleted, available, onSubmit }: FilterBuilderProps) {
  const { t } = useTranslation()
  const [first] = useState(() => parseConditions(filter))
  const [conditions, setConditions] = useState<readonly FilterCondition[]>(first?.length ? first : [EMPTY])
  const text = conditionsText(conditions)
  const isValid = conditions.every((one) => one === EMPTY || isComplete(one)) && !checkFilter(text)
  const count = useFilterCount(experimentId, isValid ? text : undefined, deleted)
  const change = (at: number, next: FilterCondition | undefined) =>
    setConditions(conditions.flatMap((one, i) => (i === at ? (next ?? []) : one)))
  return (
    <Form className="filter-builder" isReady={isValid} onSubmit={() => onSubmit(text)}>
      <strong>{t('filterBuilder.title')}</strong>
      <StartTimes onChoose={(ms) => onSubmit(startedSince(filter, ms))} />
      {!first && <p className="muted">{t('filterBuilder.replaces')}</p>}
      {conditions.map((condition, at) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no other identity, and is edited in place
          key={at}
          number={at + 1}
          condition={condition}
          experimentId={experimentId}
          available={available}
          onChange={(next) => change(at, next)}
          onRemove={() => change(at, undefined)}
        />
      ))}
      <FormActions action={t('filter.apply')} isReady={isValid}>
        <button type="button" className="button ghost" onClick={() => setConditions([...conditions, EMPTY])}>
          <Icon name="plus" />
          {t('filterBuilder.add')}
        </button>
        <span className="muted" role="status">
          {count !== undefined && t('filterBuilder.matching', { count })}
        </span>
      </FormActions>
    </Form>
  )
}

/** Times back from now. */
const HOUR = 3_600_000
const STARTS = { '1h': HOUR, '24h': 24 * HOUR, '7d': 7 * 24 * HOUR, '30d': 30 * 24 * HOUR } as const

/** Filters by the start of runs with one press. */
function StartTimes({ onChoose }: { onChoose: (ms: number) => void }) {
  const { t } = useTranslation()
  return (
    <fieldset className="start-times" aria-label={t('filterBuilder.started')}>
      <span className="muted">{t('filterBuilder.started')}</span>
      {(Object.keys(STARTS) as (keyof typeof STARTS)[]).map((name) => (
        <button
          key={name}
          type="button"
          className="button small"
          onClick={() => onChoose(Date.now() - STARTS[name])}
        >
          {t(`traceRange.${name}`)}
        </button>
      ))}
    </fieldset>
  )
}

interface ConditionRowProps {
  readonly number: number
  readonly condition: FilterCondition
  readonly experimentId: string
  readonly available: readonly Column[]
  readonly onChange: (condition: FilterCondition) => void
  readonly onRemove: () => void
}

function ConditionRow({ number, condition, experimentId, available, onChange, onRemove }: ConditionRowProps) {
  const { t } = useTranslation()
  const id = useId()
  const { field, comparator, value } = condition
  const values = useFieldValues(experimentId, field)
  const comparators = comparatorsOf(field)
  const fields = [...available.map((column) => column.id), ...EXTRA_FIELDS]
    .filter((one) => one.toLowerCase().includes(field.toLowerCase()))
    .slice(0, MAX_SHOWN)
  const setField = (next: string) =>
    onChange({
      ...condition,
      field: next,
      comparator: comparatorsOf(next).includes(comparator) ? comparator : comparatorsOf(next)[0]!,
      value: isTime(next) === isTime(field) ? value : '',
    })
  return (
    <fieldset className="condition" aria-label={t('filterBuilder.condition', { number })}>
      <input
        className="input mono"
        list={`${id}-fields`}
        aria-label={t('filterBuilder.field')}
        placeholder="metrics.loss"
        value={field}
        onChange={(event) => setField(event.target.value)}
      />
      <datalist id={`${id}-fields`}>
        {fields.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <select
        className="select"
        aria-label={t('filterBuilder.comparator')}
        value={comparator}
        onChange={(event) => onChange({ ...condition, comparator: event.target.value })}
      >
        {comparators.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      {hasValue(comparator) && isTime(field) && (
        <input
          className="input"
          type="datetime-local"
          step="1"
          aria-label={t('filterBuilder.value')}
          value={localText(value ? Number(value) : undefined)}
          onChange={(event) => onChange({ ...condition, value: localMs(event.target.value) })}
        />
      )}
      {hasValue(comparator) && !isTime(field) && (
        <input
          className="input mono"
          list={`${id}-values`}
          inputMode={isNumeric(field) ? 'decimal' : 'text'}
          aria-label={t('filterBuilder.value')}
          value={value}
          onChange={(event) => onChange({ ...condition, value: event.target.value })}
        />
      )}
      <datalist id={`${id}-values`}>
        {values.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <button
        type="button"
        className="button ghost icon-only"
        aria-label={t('filterBuilder.remove', { number })}
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
    </fieldset>
  )
}

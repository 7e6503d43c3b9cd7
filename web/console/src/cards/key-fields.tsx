import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { compareNaturally } from '../app/natural-order.js'
import { Icon } from '../ui/icon.js'
import { useCards } from './cards-context.js'
import { shownMetrics } from './initial-options.js'

/** More suggestions slow the browser down; typing narrows them. */
const MAX_SUGGESTED = 500

/** The keys of metrics, or the ids of metrics and parameters. */
export function useKeys(kind: 'metrics' | 'columns'): readonly string[] {
  const { metrics, params } = useCards()
  return useMemo(() => {
    const keys = shownMetrics(metrics)
    if (kind === 'metrics') return keys
    const ofParams = params.map(({ key }) => `params.${key}`).sort(compareNaturally)
    return [...keys.map((key) => `metrics.${key}`), ...ofParams]
  }, [kind, metrics, params])
}

interface KeyInputProps {
  readonly id: string
  readonly keys: readonly string[]
  readonly value: string
  readonly isMissing?: boolean
  readonly onValue: (value: string) => void
}

/** A text with suggestions. Text that is not a key is kept out when the field is left. */
export function KeyInput({ id, keys, value, isMissing = false, onValue }: KeyInputProps) {
  const suggestions = useId()
  const [typed, setTyped] = useState<string>()
  const shown = typed ?? value
  const found = useMemo(() => {
    const wanted = (typed ?? '').toLowerCase()
    return keys.filter((key) => key.toLowerCase().includes(wanted)).slice(0, MAX_SUGGESTED)
  }, [keys, typed])
  return (
    <>
      <input
        id={id}
        className="input"
        list={suggestions}
        value={shown}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={isMissing || undefined}
        onChange={({ target }) => {
          setTyped(target.value)
          if (target.value === '' || keys.includes(target.value)) onValue(target.value)
        }}
        onBlur={() => setTyped(undefined)}
      />
      <datalist id={suggestions}>
        {found.map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
    </>
  )
}

interface ColumnsFieldProps {
  readonly label: string
  readonly kind: 'metrics' | 'columns'
  readonly values: readonly string[]
  readonly isMissing: boolean
  readonly onValues: (values: readonly string[]) => void
}

/** An ordered list of keys. */
export function ColumnsField({ label, kind, values, isMissing, onValues }: ColumnsFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const keys = useKeys(kind)
  const rest = useMemo(() => keys.filter((key) => !values.includes(key)), [keys, values])
  const swap = (from: number, to: number) => {
    const next = [...values]
    ;[next[from], next[to]] = [next[to]!, next[from]!]
    onValues(next)
  }
  return (
    <fieldset className="columns-field">
      <legend className="label">{label}</legend>
      <ol>
        {values.map((value, i) => (
          <li key={value}>
            <span className="truncate">{value}</span>
            <IconButton
              icon="up"
              label={t('runs.moveUp', { name: value })}
              disabled={i === 0}
              onClick={() => swap(i, i - 1)}
            />
            <IconButton
              icon="down"
              label={t('runs.moveDown', { name: value })}
              disabled={i === values.length - 1}
              onClick={() => swap(i, i + 1)}
            />
            <IconButton
              icon="close"
              label={t('compare.remove', { name: value })}
              onClick={() => onValues(values.filter((other) => other !== value))}
            />
          </li>
        ))}
      </ol>
      <label htmlFor={id} className="visually-hidden">
        {t('cards.addTo', { name: label })}
      </label>
      <KeyInput
        key={values.length}
        id={id}
        keys={rest}
        value=""
        isMissing={isMissing}
        onValue={(value) => value && onValues([...values, value])}
      />
      {isMissing && <small className="problem">{t('cards.required')}</small>}
    </fieldset>
  )
}

interface IconButtonProps {
  readonly icon: 'up' | 'down' | 'close'
  readonly label: string
  readonly disabled?: boolean
  readonly onClick: () => void
}

function IconButton({ icon, label, disabled = false, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className="button ghost small icon-only"
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={12} />
    </button>
  )
}

import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { smoothingFromText, smoothingToText } from '../charts/curve-view.js'
import { SMOOTHING_KINDS, type SmoothingKind } from '../charts/smoothing.js'
import { first, list, type Options } from './card.js'
import { useCards } from './cards-context.js'
import { FileInput } from './file-input.js'
import { ColumnsField, KeyInput, useKeys } from './key-fields.js'
import type { Field } from './kinds/fields.js'

interface CardFieldsProps {
  readonly fields: readonly Field[]
  readonly options: Options
  /** Required fields without a value, which are marked. */
  readonly missing: readonly Field[]
  readonly onOption: (key: string, values: readonly string[]) => void
}

/** Inputs for options of cards. */
export function CardFields({ fields, options, missing, onOption }: CardFieldsProps) {
  return fields
    .filter(({ when }) => !when || first(options, when[0]) === when[1])
    .map((field) => (
      <OptionField
        key={field.key}
        field={field}
        values={list(options, field.key)}
        isMissing={missing.includes(field)}
        onValues={(values) => onOption(field.key, values)}
      />
    ))
}

interface OptionFieldProps {
  readonly field: Field
  readonly values: readonly string[]
  readonly isMissing: boolean
  readonly onValues: (values: readonly string[]) => void
}

function OptionField(props: OptionFieldProps) {
  const { field, values, onValues } = props
  const { t } = useTranslation()
  const label = t(`cards.field_${field.label}`)
  if (field.type === 'flag') return <Flag label={label} isOn={values[0] === 'true'} onValues={onValues} />
  if (field.type === 'columns' || field.type === 'metrics')
    return (
      <ColumnsField
        label={label}
        kind={field.type}
        values={values}
        isMissing={props.isMissing}
        onValues={onValues}
      />
    )
  return <LabelledField {...props} label={label} />
}

function LabelledField({ field, values, isMissing, onValues, label }: OptionFieldProps & { label: string }) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id} className="label">
        {label}
      </label>
      <Input
        {...{ id, field, isMissing, label }}
        value={values[0] ?? ''}
        onValue={(value) => onValues([value])}
      />
      {isMissing && <small className="problem">{t('cards.required')}</small>}
    </div>
  )
}

interface InputProps {
  readonly id: string
  readonly label: string
  readonly field: Field
  readonly value: string
  readonly isMissing: boolean
  readonly onValue: (value: string) => void
}

function Input({ id, label, field, value, isMissing, onValue }: InputProps) {
  const keys = useKeys(field.type === 'metric' ? 'metrics' : 'columns')
  switch (field.type) {
    case 'choice':
      return <Choice {...{ id, field, value, onValue }} />
    case 'run':
      return <RunChoice {...{ id, value, onValue }} />
    case 'smoothing':
      return <SmoothingInput {...{ id, label, value, onValue }} />
    case 'file':
      return <FileInput {...{ id, value, isMissing, onValue }} />
    case 'number':
    case 'text':
      return (
        <input
          id={id}
          className="input"
          inputMode={field.type === 'number' ? 'decimal' : 'text'}
          value={value}
          onChange={({ target }) => onValue(target.value)}
        />
      )
    default:
      return <KeyInput {...{ id, keys, value, isMissing }} onValue={onValue} />
  }
}

function Choice({ id, field, value, onValue }: Pick<InputProps, 'id' | 'field' | 'value' | 'onValue'>) {
  const { t } = useTranslation()
  const [usual] = field.values!
  return (
    <select
      id={id}
      className="select"
      value={value || usual}
      onChange={({ target }) => onValue(target.value === usual ? '' : target.value)}
    >
      {field.values!.map((one) => (
        <option key={one} value={one}>
          {t(`cards.choice_${one as 'step'}`)}
        </option>
      ))}
    </select>
  )
}

function RunChoice({ id, value, onValue }: Pick<InputProps, 'id' | 'value' | 'onValue'>) {
  const { t } = useTranslation()
  const { runs } = useCards()
  return (
    <select id={id} className="select" value={value} onChange={({ target }) => onValue(target.value)}>
      <option value="">{t('cards.firstRun')}</option>
      {runs.map(({ runId, name }) => (
        <option key={runId} value={runId}>
          {name}
        </option>
      ))}
    </select>
  )
}

function SmoothingInput({
  id,
  label,
  value,
  onValue,
}: Pick<InputProps, 'id' | 'label' | 'value' | 'onValue'>) {
  const { t } = useTranslation()
  const { kind, weight } = smoothingFromText(value)
  const set = (next: { kind?: SmoothingKind; weight?: number }) =>
    onValue(smoothingToText({ kind, weight, ...next }))
  return (
    <div className="smoothing-input">
      <select
        className="select"
        aria-label={t('cards.smoothingKind')}
        value={kind}
        onChange={({ target }) => set({ kind: target.value as SmoothingKind, weight: weight || 0.6 })}
      >
        {SMOOTHING_KINDS.map((one) => (
          <option key={one} value={one}>
            {t(`cards.smoothing_${one}`)}
          </option>
        ))}
      </select>
      <input
        id={id}
        type="range"
        aria-label={label}
        min="0"
        max="0.99"
        step="0.01"
        value={weight}
        onChange={({ target }) => set({ weight: Number(target.value) })}
      />
      <output htmlFor={id}>{weight.toFixed(2)}</output>
    </div>
  )
}

interface FlagProps {
  readonly label: string
  readonly isOn: boolean
  readonly onValues: OptionFieldProps['onValues']
}

function Flag({ label, isOn, onValues }: FlagProps) {
  return (
    <label className="check-line">
      <input type="checkbox" checked={isOn} onChange={() => onValues(isOn ? [] : ['true'])} />
      <span>{label}</span>
    </label>
  )
}

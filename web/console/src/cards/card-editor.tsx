import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormDialog } from '../ui/form-dialog.js'
import { CARD_KINDS, type Card, type CardKind, first, withOption } from './card.js'
import { CardFields } from './card-fields.js'
import { useCards } from './cards-context.js'
import { initialOptions } from './initial-options.js'
import { CARD_FIELDS, missingFields } from './kinds/fields.js'

interface CardEditorProps {
  readonly card: Card
  readonly isNew: boolean
  readonly onSave: (card: Card) => void
  readonly onClose: () => void
}

/** The form of a card. */
export function CardEditor({ card, isNew, onSave, onClose }: CardEditorProps) {
  const { t } = useTranslation()
  const { metrics, params } = useCards()
  const [draft, setDraft] = useState(card)
  const [isChecked, setChecked] = useState(false)
  const missing = missingFields(draft.kind, draft.options)
  const setKind = (kind: CardKind) =>
    setDraft((now) => ({ ...now, kind, options: adopted(kind, now, initialOptions(kind, metrics, params)) }))
  const setOption = (key: string, values: readonly string[]) =>
    setDraft((now) => ({ ...now, options: withOption(now.options, key, values) }))
  const submit = () => {
    setChecked(true)
    if (missing.length === 0) onSave(draft)
  }
  return (
    <FormDialog
      title={t(isNew ? 'cards.add' : 'cards.editTitle')}
      onClose={onClose}
      className="card-form"
      noValidate
      action={t('cards.saveCard')}
      onSubmit={submit}
    >
      <KindField kind={draft.kind} onKind={setKind} />
      <CardFields
        fields={CARD_FIELDS[draft.kind]}
        options={draft.options}
        missing={isChecked ? missing : []}
        onOption={setOption}
      />
      <TextField
        label={t('cards.field_title')}
        value={first(draft.options, 'title')}
        onChange={(title) => setOption('title', [title])}
      />
      <TextField
        label={t('cards.section')}
        value={draft.section}
        onChange={(section) => setDraft((now) => ({ ...now, section }))}
      />
    </FormDialog>
  )
}

/** Options that the new kind has too are kept. */
function adopted(kind: CardKind, { options }: Card, initial: Card['options']): Card['options'] {
  const keys = CARD_FIELDS[kind].filter(({ key }) => !(key in initial)).map(({ key }) => key)
  const same = Object.entries(options).filter(([key]) => key === 'title' || keys.includes(key))
  return { ...initial, ...Object.fromEntries(same) }
}

function KindField({ kind, onKind }: { kind: CardKind; onKind: (kind: CardKind) => void }) {
  const { t } = useTranslation()
  return (
    <label className="field">
      <span>{t('cards.kind')}</span>
      <select className="select" value={kind} onChange={({ target }) => onKind(target.value as CardKind)}>
        {CARD_KINDS.map((one) => (
          <option key={one} value={one}>
            {t(`cards.kind_${one}`)}
          </option>
        ))}
      </select>
    </label>
  )
}

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function TextField({ label, value, onChange }: TextFieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id} className="label">
        {label}
      </label>
      <input id={id} className="input" value={value} onChange={({ target }) => onChange(target.value)} />
    </div>
  )
}

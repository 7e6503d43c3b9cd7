import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { type DraftEntity, nameOf } from './draft.js'
import { entityField, type Problems, percentField } from './draft-problems.js'
import { ModelField } from './model-field.js'
import { VersionField } from './version-field.js'

interface EntityFieldsProps {
  readonly entity: DraftEntity
  readonly index: number
  readonly problems: Problems<ReactNode>
  readonly onChange: (entity: DraftEntity) => void
  /** Absent for the only entity. */
  readonly onRemove?: () => void
}

export function EntityFields({ entity, index, problems, onChange, onRemove }: EntityFieldsProps) {
  const { t } = useTranslation()
  const number = index + 1
  const set = (change: Partial<DraftEntity>) => onChange({ ...entity, ...change })
  return (
    <fieldset className="entity-fields">
      <legend>{t('endpointForm.entityNumber', { number })}</legend>
      <ModelField
        value={entity.model}
        problem={problems[entityField(index, 'entity_name')]}
        onChange={(model) => set({ model, version: '' })}
      />
      <VersionField
        model={entity.model}
        value={entity.version}
        problem={problems[entityField(index, 'entity_version')]}
        onChange={(version) => set({ version })}
      />
      <FormField label={t('endpointForm.entityName')} problem={problems[entityField(index, 'name')]}>
        {(attributes) => (
          <input
            {...attributes}
            className="input"
            autoComplete="off"
            spellCheck={false}
            maxLength={255}
            placeholder={nameOf({ ...entity, name: '' })}
            value={entity.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </FormField>
      <FormField label={t('endpointForm.percent')} problem={problems[percentField(index)]}>
        {(attributes) => (
          <input
            {...attributes}
            className="input number"
            type="number"
            min="0"
            max="100"
            step="1"
            value={entity.percent}
            onChange={(event) => set({ percent: event.target.value })}
          />
        )}
      </FormField>
      <label className="check-line">
        <input
          type="checkbox"
          checked={entity.scaleToZero}
          onChange={(event) => set({ scaleToZero: event.target.checked })}
        />
        {t('endpointForm.scaleToZero')}
      </label>
      {onRemove && (
        <button
          type="button"
          className="button ghost icon-only remove"
          aria-label={t('endpointForm.remove', { number })}
          title={t('endpointForm.remove', { number })}
          onClick={onRemove}
        >
          <Icon name="trash" />
        </button>
      )}
    </fieldset>
  )
}

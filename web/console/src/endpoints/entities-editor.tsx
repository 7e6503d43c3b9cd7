import type { ReactNode } from 'react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { addEntity, type DraftEntity, nameOf, percentOf, removeEntity, splitEvenly, sumOf } from './draft.js'
import { type Problems, SUM_FIELD } from './draft-problems.js'
import { EntityFields } from './entity-fields.js'
import { SplitBar } from './split-bar.js'

const MAX_ENTITIES = 10

interface EntitiesEditorProps {
  readonly entities: readonly DraftEntity[]
  readonly problems: Problems<ReactNode>
  readonly onChange: (entities: readonly DraftEntity[]) => void
}

/** The served entities and their traffic, whose sum is always shown. */
export function EntitiesEditor({ entities, problems, onChange }: EntitiesEditorProps) {
  const { t } = useTranslation()
  const heading = useId()
  const change = (next: DraftEntity) =>
    onChange(entities.map((entity) => (entity.key === next.key ? next : entity)))
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('endpointForm.entities')}</h2>
        <button
          type="button"
          className="button small"
          disabled={entities.length >= MAX_ENTITIES}
          onClick={() => onChange(addEntity(entities))}
        >
          <Icon name="plus" size={13} />
          {t('endpointForm.add')}
        </button>
      </header>
      {entities.map((entity, index) => (
        <EntityFields
          key={entity.key}
          entity={entity}
          index={index}
          problems={problems}
          onChange={change}
          {...(entities.length > 1 && { onRemove: () => onChange(removeEntity(entities, entity.key)) })}
        />
      ))}
      <Split entities={entities} problem={problems[SUM_FIELD]} onChange={onChange} />
    </section>
  )
}

interface SplitProps extends Pick<EntitiesEditorProps, 'entities' | 'onChange'> {
  readonly problem: ReactNode
}

function Split({ entities, problem, onChange }: SplitProps) {
  const { t } = useTranslation()
  const sum = sumOf(entities)
  const shares = entities.map((entity, index) => ({
    entity: { name: nameOf(entity) || t('endpointForm.entityNumber', { number: index + 1 }) },
    percent: percentOf(entity) || 0,
  }))
  return (
    <div className="body split-sum">
      <SplitBar shares={shares} />
      <p className={sum === 100 ? 'muted' : 'problem'} role="status">
        {t('endpointForm.sum', { sum: Number.isNaN(sum) ? '–' : sum })}
        {sum !== 100 && ` · ${problem ?? t('problem.sum')}`}
      </p>
      {entities.length > 1 && (
        <button type="button" className="button small" onClick={() => onChange(splitEvenly(entities))}>
          {t('endpointForm.even')}
        </button>
      )}
    </div>
  )
}

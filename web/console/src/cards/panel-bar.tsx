import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { SearchField } from '../ui/search-field.js'
import { Segments } from '../ui/segments.js'
import { first, type Options, withOption } from './card.js'
import { CardFields } from './card-fields.js'
import { LINE_FIELDS } from './kinds/fields.js'

interface PanelBarProps {
  readonly search: string
  readonly onSearch: (search: string) => void
  /** Options of all line cards that do not set their own. */
  readonly view: Options
  readonly onView: (view: Options) => void
  readonly onAdd: () => void
  /** Undefined if nothing was changed. */
  readonly onReset: (() => void) | undefined
}

const AXES = ['step', 'time', 'wall'] as const

export function PanelBar({ search, onSearch, view, onView, onAdd, onReset }: PanelBarProps) {
  const { t } = useTranslation()
  const setOption = (key: string, values: readonly string[]) => onView(withOption(view, key, values))
  const axis = first(view, 'x') || 'step'
  return (
    <div className="panel-bar">
      <SearchField label={t('cards.search')} value={search} onChange={onSearch} />
      <Segments
        label={t('curves.axis')}
        value={axis}
        options={AXES.map((value) => ({ value, label: t(`cards.choice_${value}`) }))}
        onChange={(value) => setOption('x', value === 'step' ? [] : [value])}
      />
      <Popover
        label={
          <>
            <Icon name="settings" size={14} />
            {t('cards.lineOptions')}
          </>
        }
        align="end"
      >
        {() => (
          <div className="line-options">
            <CardFields fields={LINE_FIELDS} options={view} missing={[]} onOption={setOption} />
          </div>
        )}
      </Popover>
      {onReset && (
        <button type="button" className="button ghost" onClick={onReset}>
          <Icon name="restore" size={14} />
          {t('cards.reset')}
        </button>
      )}
      <button type="button" className="button primary" onClick={onAdd}>
        <Icon name="plus" size={14} />
        {t('cards.add')}
      </button>
    </div>
  )
}

import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { SearchField } from '../ui/search-field.js'
import type { Column, ColumnKind } from './columns.js'
import { useColumnLabel } from './use-column-label.js'
import type { RunsState } from './use-runs-state.js'

interface ColumnPickerProps {
  readonly available: readonly Column[]
  readonly chosen: readonly Column[]
  readonly state: RunsState
}

const KINDS: readonly ColumnKind[] = ['metrics', 'params', 'attributes', 'tags']
/** Per kind; typing narrows longer lists. */
const MAX_SHOWN = 60

export function ColumnPicker(props: ColumnPickerProps) {
  const { t } = useTranslation()
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
      {() => <Picker {...props} />}
    </Popover>
  )
}

function Picker({ available, chosen, state }: ColumnPickerProps) {
  const { t } = useTranslation()
  const onChange = state.setColumns
  const [search, setSearch] = useState('')
  const label = useColumnLabel()
  const matches = (column: Column) =>
    `${column.id} ${label(column)}`.toLowerCase().includes(search.trim().toLowerCase())
  const ids = new Set(chosen.map(({ id }) => id))
  const list = useRef<HTMLDivElement>(null)
  const keepFocus = useMovedFocus(list)
  const others = available.filter((column) => !ids.has(column.id) && matches(column))
  return (
    <div className="picker">
      <div className="picker-head">
        <SearchField label={t('runs.searchColumns')} value={search} onChange={setSearch} />
        <button
          type="button"
          className="button small"
          disabled={state.columns === undefined}
          onClick={() => onChange(undefined)}
        >
          {t('runs.defaultColumns')}
        </button>
        <label className="check-line">
          <input
            type="checkbox"
            checked={state.differing}
            onChange={(event) => state.setDiffering(event.target.checked)}
          />
          {t('runsTable.differing')}
        </label>
      </div>
      <div className="picker-list" ref={list} onChange={keepFocus}>
        <Chosen chosen={chosen} matches={matches} onChange={onChange} />
        {KINDS.map((kind) => (
          <Group
            key={kind}
            kind={kind}
            columns={others.filter((column) => column.kind === kind)}
            onPick={(column) => onChange([...chosen, column])}
          />
        ))}
      </div>
    </div>
  )
}

/** Toggling a column moves it to another list; the focus follows it. */
function useMovedFocus(list: React.RefObject<HTMLElement | null>) {
  const pendingFocus = useRef<string>(undefined)
  useEffect(() => {
    if (pendingFocus.current === undefined) return
    list.current
      ?.querySelector<HTMLElement>(`[data-column="${CSS.escape(pendingFocus.current)}"] input`)
      ?.focus()
    pendingFocus.current = undefined
  })
  return (event: React.FormEvent<HTMLElement>) => {
    pendingFocus.current = (event.target as HTMLElement).closest<HTMLElement>('[data-column]')?.dataset.column
  }
}

interface ChosenProps {
  readonly chosen: readonly Column[]
  readonly matches: (column: Column) => boolean
  readonly onChange: (columns: readonly Column[]) => void
}

function Chosen({ chosen, matches, onChange }: ChosenProps) {
  const { t } = useTranslation()
  const label = useColumnLabel()
  const swap = (at: number, by: number) => {
    const next = [...chosen]
    const [moved] = next.splice(at, 1)
    next.splice(at + by, 0, moved!)
    onChange(next)
  }
  return (
    <fieldset>
      <legend>{t('runs.shown')}</legend>
      {chosen.map((column, at) =>
        matches(column) ? (
          <div className="picker-row" key={column.id} data-column={column.id}>
            <label>
              <input
                type="checkbox"
                checked
                onChange={() => onChange(chosen.filter(({ id }) => id !== column.id))}
              />
              <span className="truncate" title={column.id}>
                {label(column)}
              </span>
            </label>
            <MoveButton up disabled={at === 0} name={label(column)} onMove={() => swap(at, -1)} />
            <MoveButton disabled={at === chosen.length - 1} name={label(column)} onMove={() => swap(at, 1)} />
          </div>
        ) : null,
      )}
    </fieldset>
  )
}

interface MoveButtonProps {
  readonly up?: boolean
  readonly disabled: boolean
  readonly name: string
  readonly onMove: () => void
}

function MoveButton({ up = false, disabled, name, onMove }: MoveButtonProps) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className="button ghost small icon-only"
      disabled={disabled}
      aria-label={t(up ? 'runs.moveUp' : 'runs.moveDown', { name })}
      onClick={onMove}
    >
      <Icon name={up ? 'up' : 'down'} size={12} />
    </button>
  )
}

interface GroupProps {
  readonly kind: ColumnKind
  readonly columns: readonly Column[]
  readonly onPick: (column: Column) => void
}

function Group({ kind, columns, onPick }: GroupProps) {
  const { t } = useTranslation()
  const label = useColumnLabel()
  if (columns.length === 0) return null
  return (
    <fieldset>
      <legend>{t(`kind.${kind}`)}</legend>
      {columns.slice(0, MAX_SHOWN).map((column) => (
        <div className="picker-row" key={column.id} data-column={column.id}>
          <label>
            <input type="checkbox" checked={false} onChange={() => onPick(column)} />
            <span className="truncate" title={column.id}>
              {label(column)}
            </span>
          </label>
        </div>
      ))}
      {columns.length > MAX_SHOWN && (
        <p className="muted">{t('runs.moreColumns', { count: columns.length - MAX_SHOWN })}</p>
      )}
    </fieldset>
  )
}

import { useRouter } from '@tanstack/react-router'
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useVisitor } from '../app/use-account.js'
import { Icon } from '../ui/icon.js'
import { type Group, hitGroups, type Item, matching, visitItems } from './items.js'
import { useCommands } from './use-commands.js'
import { useSearch } from './use-search.js'
import { recentVisits } from './visits.js'
import './palette.css'

interface PaletteProps {
  readonly onClose: () => void
  readonly showShortcuts: () => void
}

/** Finds objects, pages and actions by text: a combobox with a list of grouped options. */
export function Palette({ onClose, showShortcuts }: PaletteProps) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<string>()
  const { groups, isSearching, isError } = useGroups(text, showShortcuts)
  const items = groups.flatMap((group) => group.items)
  // by its key: groups that arrive later move the items
  const found = items.findIndex(({ key }) => key === chosen)
  const active = items.length > 0 ? Math.max(found, 0) : -1
  useEffect(() => dialog.current?.showModal(), [])
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, active])
  const run = (item: Item | undefined) => {
    if (!item) return
    dialog.current?.close()
    item.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && items.length > 0)
      setChosen(items[(active + step + items.length) % items.length]!.key)
    else if (event.key === 'Enter') run(items[active])
    else return
    event.preventDefault()
  }
  const status = isError
    ? t('palette.failed')
    : isSearching
      ? t('common.loading')
      : t('palette.count', { count: items.length })
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t('palette.title')}
      onClose={onClose}
      onPointerDown={closeOutside}
    >
      <div className="palette-input">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label={t('palette.title')}
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          placeholder={t('palette.placeholder')}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setChosen(undefined)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={t('palette.results')} className="palette-list">
        {groups.map((group) => (
          <Options key={group.key} {...{ group, id, active, run }} from={items.indexOf(group.items[0]!)} />
        ))}
      </div>
      <p role="status" className={items.length > 0 && !isError ? 'visually-hidden' : 'palette-status muted'}>
        {status}
      </p>
    </dialog>
  )
}

function closeOutside({ target, currentTarget }: PointerEvent<HTMLDialogElement>) {
  if (target === currentTarget) currentTarget.close()
}

/** The recent visits without text, and all matches with text. */
function useGroups(text: string, showShortcuts: () => void) {
  const { t } = useTranslation()
  const router = useRouter()
  const go = (path: string) => router.history.push(path)
  const { pages, actions } = useCommands(go, showShortcuts)
  const visitor = useVisitor()
  const { hits, isSearching, isError } = useSearch(text)
  const visits = useMemo(() => recentVisits(visitor), [visitor])
  const isEmpty = text.trim() === ''
  const groups: Group[] = [
    { key: 'recent', title: t('palette.recent'), items: matching(visitItems(visits, go, t), text) },
    ...(isEmpty ? [] : hitGroups(hits, go, t)),
    { key: 'pages', title: t('palette.pages'), items: matching(pages, text) },
    { key: 'actions', title: t('palette.actions'), items: matching(actions, text) },
  ]
  return {
    groups: groups.filter(({ items }) => items.length > 0),
    isSearching: !isEmpty && isSearching,
    isError: !isEmpty && isError,
  }
}

interface OptionsProps {
  readonly group: Group
  readonly id: string
  /** Index of its first item among all. */
  readonly from: number
  readonly active: number
  readonly run: (item: Item) => void
}

function Options({ group, id, from, active, run }: OptionsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a listbox may not contain a fieldset
    <div role="group" aria-labelledby={`${id}-${group.key}`}>
      <div id={`${id}-${group.key}`} role="presentation" className="palette-title">
        {group.title}
      </div>
      {group.items.map((item, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input handles the keys
        <div
          key={item.key}
          id={`${id}-${from + i}`}
          role="option"
          tabIndex={-1}
          aria-selected={from + i === active}
          className="palette-item"
          onClick={() => run(item)}
        >
          <Icon name={item.icon} />
          <span className="truncate">{item.label}</span>
          {item.detail && <span className="truncate muted">{item.detail}</span>}
        </div>
      ))}
    </div>
  )
}

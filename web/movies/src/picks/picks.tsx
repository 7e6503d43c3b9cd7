import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../app/icon.js'
import type { Film } from '../films/film.js'
import { useTitle } from '../films/use-title.js'
import { useMessages } from '../i18n/use-messages.js'
import { Pick } from './pick.js'
import { useDrag } from './use-drag.js'

const WANTED = 3

interface Props {
  readonly films: readonly Film[]
  readonly onMove: (from: number, to: number) => void
  readonly onRemove: (key: string) => void
  readonly onClear: () => void
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }

/** The picked films, oldest first. Reordered by dragging, keys or buttons. */
export function Picks({ films, onMove, onRemove, onClear }: Props) {
  const { picks } = useMessages()
  const [selected, setSelected] = useState<string>()
  const list = useRef<HTMLOListElement>(null)
  const pendingFocus = useRef<string | undefined>(undefined)
  const keys = films.map(({ key }) => key)
  const drag = useDrag(keys, onMove)
  const shown = (drag.preview ?? keys).flatMap((key) => films.find((film) => film.key === key) ?? [])

  // Moving an element in the DOM blurs it.
  useLayoutEffect(() => {
    if (pendingFocus.current === undefined) return
    const bodies = [...(list.current?.querySelectorAll<HTMLElement>('.pick-body') ?? [])]
    bodies.find(({ dataset }) => dataset.key === pendingFocus.current)?.focus()
    pendingFocus.current = undefined
  })

  const move = (from: number, to: number) => {
    if (to < 0 || to >= keys.length) return
    pendingFocus.current = keys[from]
    onMove(from, to)
  }
  const remove = (index: number) => {
    pendingFocus.current = keys[index + 1] ?? keys[index - 1]
    onRemove(keys[index]!)
  }
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const step = STEPS[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (event.altKey || selected === keys[index]) move(index, index + step)
      else list.current?.querySelectorAll<HTMLElement>('.pick-body')[index + step]?.focus()
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault()
      remove(index)
    } else if (event.key === 'Escape') setSelected(undefined)
  }

  return (
    <section class="picks" aria-labelledby="picks-title">
      <header class="picks-head">
        <h2 id="picks-title">{picks.title}</h2>
        <span class="muted small">{picks.order}</span>
        {films.length > 0 && (
          <button type="button" class="button ghost small picks-clear" onClick={onClear}>
            <Icon name="trash" size={14} /> {picks.clear}
          </button>
        )}
      </header>
      <ol class={films.length > 0 ? 'pick-list' : 'pick-list none'} ref={list}>
        {shown.map((film, index) => (
          <Pick
            key={film.key}
            film={film}
            index={index}
            of={shown.length}
            isSelected={selected === film.key}
            isDragged={drag.dragged === film.key}
            onPointerDown={(event) => drag.onPointerDown(event, film.key)}
            onSelect={() => !drag.wasDrag() && setSelected(selected === film.key ? undefined : film.key)}
            onKeyDown={(event) => onKeyDown(event, index)}
            onRemove={() => remove(index)}
          />
        ))}
        {Array.from({ length: Math.max(0, WANTED - films.length) }, (_, i) => (
          <li key={`empty-${films.length + i}`} class="pick empty">
            {picks.empty(films.length + i + 1)}
          </li>
        ))}
      </ol>
      <p id="picks-how" class={films.length > 1 ? 'muted small' : 'visually-hidden'}>
        {picks.how}
      </p>
      <SelectedPick films={films} selected={selected} onMove={move} onRemove={remove} />
    </section>
  )
}

interface SelectedProps {
  readonly films: readonly Film[]
  readonly selected: string | undefined
  readonly onMove: (from: number, to: number) => void
  readonly onRemove: (index: number) => void
}

/** Buttons to move and remove the selected film, for users who cannot drag. */
function SelectedPick({ films, selected, onMove, onRemove }: SelectedProps) {
  const { picks } = useMessages()
  const titleOf = useTitle()
  const index = films.findIndex(({ key }) => key === selected)
  const film = films[index]
  if (!film) return null
  return (
    <div class="pick-tools" role="toolbar" aria-label={titleOf(film).title}>
      <span class="truncate">{picks.item(titleOf(film).title, index + 1, films.length)}</span>
      <button
        type="button"
        class="button small"
        disabled={index === 0}
        onClick={() => onMove(index, index - 1)}
      >
        <Icon name="back" size={14} /> {picks.earlier}
      </button>
      <button
        type="button"
        class="button small"
        disabled={index === films.length - 1}
        onClick={() => onMove(index, index + 1)}
      >
        {picks.later} <Icon name="forward" size={14} />
      </button>
      <button type="button" class="button small" onClick={() => onRemove(index)}>
        {picks.remove}
      </button>
    </div>
  )
}

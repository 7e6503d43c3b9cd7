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

/** The history, oldest first: dragged, or moved with keys and buttons. */
export function Picks({ films, onMove, onRemove, onClear }: Props) {
  const { picks } = useMessages()
  const [selected, setSelected] = useState<string>()
  const list = useRef<HTMLOListElement>(null)
  const wanted = useRef<string | undefined>(undefined)
  const keys = films.map(({ key }) => key)
  const drag = useDrag(keys, onMove)
  const shown = (drag.preview ?? keys).flatMap((key) => films.find((film) => film.key === key) ?? [])

  // Moving an element in the document blurs it.
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    const bodies = [...(list.current?.querySelectorAll<HTMLElement>('.pick-body') ?? [])]
    bodies.find(({ dataset }) => dataset.key === wanted.current)?.focus()
    wanted.current = undefined
  })

  const move = (from: number, to: number) => {
    if (to < 0 || to >= keys.length) return
    wanted.current = keys[from]
    onMove(from, to)
  }
  const remove = (place: number) => {
    wanted.current = keys[place + 1] ?? keys[place - 1]
    onRemove(keys[place]!)
  }
  const onKeyDown = (event: KeyboardEvent, place: number) => {
    const step = STEPS[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (event.altKey || selected === keys[place]) move(place, place + step)
      else list.current?.querySelectorAll<HTMLElement>('.pick-body')[place + step]?.focus()
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault()
      remove(place)
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
        {shown.map((film, place) => (
          <Pick
            key={film.key}
            film={film}
            place={place}
            of={shown.length}
            isSelected={selected === film.key}
            isDragged={drag.dragged === film.key}
            onPointerDown={(event) => drag.onPointerDown(event, film.key)}
            onSelect={() => !drag.wasDrag() && setSelected(selected === film.key ? undefined : film.key)}
            onKeyDown={(event) => onKeyDown(event, place)}
            onRemove={() => remove(place)}
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
  readonly onRemove: (place: number) => void
}

/** What dragging does, for those who cannot drag. */
function SelectedPick({ films, selected, onMove, onRemove }: SelectedProps) {
  const { picks } = useMessages()
  const titleOf = useTitle()
  const place = films.findIndex(({ key }) => key === selected)
  const film = films[place]
  if (!film) return null
  return (
    <div class="pick-tools" role="toolbar" aria-label={titleOf(film).title}>
      <span class="truncate">{picks.item(titleOf(film).title, place + 1, films.length)}</span>
      <button
        type="button"
        class="button small"
        disabled={place === 0}
        onClick={() => onMove(place, place - 1)}
      >
        <Icon name="back" size={14} /> {picks.earlier}
      </button>
      <button
        type="button"
        class="button small"
        disabled={place === films.length - 1}
        onClick={() => onMove(place, place + 1)}
      >
        {picks.later} <Icon name="forward" size={14} />
      </button>
      <button type="button" class="button small" onClick={() => onRemove(place)}>
        {picks.remove}
      </button>
    </div>
  )
}

import { Icon } from '../app/icon.js'
import type { Film } from '../films/film.js'
import { useTitle } from '../films/use-title.js'
import { useMessages } from '../i18n/use-messages.js'
import { Poster } from '../posters/poster.js'

interface Props {
  readonly film: Film
  readonly index: number
  readonly of: number
  readonly isSelected: boolean
  readonly isDragged: boolean
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onSelect: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onRemove: () => void
}

export function Pick({ film, index, of, isSelected, isDragged, ...on }: Props) {
  const { picks } = useMessages()
  const { title } = useTitle()(film)
  return (
    <li
      class={`pick${isSelected ? ' selected' : ''}${isDragged ? ' dragged' : ''}`}
      onPointerDown={on.onPointerDown}
    >
      <button
        type="button"
        class="pick-body"
        data-key={film.key}
        aria-pressed={isSelected}
        aria-label={picks.item([title, film.year].filter(Boolean).join(' '), index + 1, of)}
        aria-describedby="picks-how"
        onClick={on.onSelect}
        onKeyDown={on.onKeyDown}
      >
        <Poster film={film} small />
        <span class="pick-text">
          <span class="pick-title">{title}</span>
          <span class="muted small">{film.year}</span>
        </span>
      </button>
      <button type="button" class="pick-remove" aria-label={picks.removeOne(title)} onClick={on.onRemove}>
        <Icon name="close" size={14} />
      </button>
    </li>
  )
}

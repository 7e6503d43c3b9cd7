import { Icon } from '../app/icon.js'
import type { Film } from '../films/film.js'
import { useTitle } from '../films/use-title.js'
import { useMessages } from '../i18n/use-messages.js'
import { Poster } from '../posters/poster.js'

interface Props {
  readonly id: string
  readonly film: Film
  readonly isActive: boolean
  readonly isPicked: boolean
  readonly onChoose: () => void
  readonly onPoint: () => void
}

export function Suggestion({ id, film, isActive, isPicked, onChoose, onPoint }: Props) {
  const { search } = useMessages()
  const { title, original } = useTitle()(film)
  const other = original ?? film.koreanTitle ?? film.otherTitles[0]
  const otherLanguage = original ? 'en' : film.koreanTitle && 'ko'
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the focus and handles the keys
    // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant points here instead
    <div
      id={id}
      role="option"
      class="suggestion"
      aria-selected={isActive}
      aria-disabled={isPicked}
      onClick={onChoose}
      onPointerMove={onPoint}
    >
      <Poster film={film} small />
      <span class="suggestion-text">
        <span class="truncate">
          {title} {film.year && <span class="muted">{film.year}</span>}
        </span>
        {other && (
          <span class="muted small truncate" lang={otherLanguage}>
            {other}
          </span>
        )}
      </span>
      {isPicked && (
        <span class="suggestion-picked">
          <Icon name="check" /> {search.picked}
        </span>
      )}
    </div>
  )
}

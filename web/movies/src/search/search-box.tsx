import { useEffect, useMemo } from 'preact/hooks'
import { announce } from '../app/announcer.js'
import { Icon } from '../app/icon.js'
import type { Film } from '../films/film.js'
import type { Library } from '../films/library.js'
import { useMessages } from '../i18n/use-messages.js'
import { hasHangul } from './hangul.js'
import { Suggestion } from './suggestion.js'
import { useCombobox } from './use-combobox.js'

const SHOWN = 8

interface Props {
  readonly library: Library
  readonly isLoading: boolean
  readonly isPicked: (key: string) => boolean
  readonly onPick: (film: Film) => void
  /** A note if the search covers only some films. */
  readonly note?: string | undefined
}

export function SearchBox({ library, isLoading, isPicked, onPick, note }: Props) {
  const { search } = useMessages()
  const box = useCombobox()
  const { films, total } = useMemo(() => library.index.search(box.query, SHOWN), [library, box.query])
  const active = Math.min(box.active, Math.max(films.length - 1, 0))
  const hasQuery = box.query.trim() !== ''
  const isOpen = box.isOpen && hasQuery && !isLoading
  const choose = (film: Film) => {
    if (isPicked(film.key)) return
    onPick(film)
    box.clear()
  }
  useEffect(() => {
    if (hasQuery && !isLoading && !box.composition.isOpen()) announce(search.found(total), 700)
  }, [hasQuery, isLoading, total, search, box.composition])

  return (
    <search class="search">
      <label class="visually-hidden" for="search">
        {search.label}
      </label>
      <Icon name="search" size={20} />
      <input
        id="search"
        ref={box.input}
        type="text"
        role="combobox"
        class="search-input"
        placeholder={isLoading ? search.loading : search.placeholder}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        enterkeyhint="done"
        aria-autocomplete="list"
        aria-expanded={isOpen && films.length > 0}
        aria-controls="suggestions"
        aria-activedescendant={isOpen && films.length > 0 ? `suggestion-${active}` : undefined}
        onInput={box.onInput}
        onKeyDown={(event) => box.onKeyDown(event, isOpen || !box.isOpen ? films : [], choose)}
        onCompositionStart={box.composition.start}
        onCompositionEnd={box.composition.end}
        onFocus={box.open}
        onBlur={box.close}
      />
      {hasQuery && (
        <button
          type="button"
          class="button ghost icon-only search-clear"
          aria-label={search.clear}
          onClick={() => {
            box.clear()
            box.input.current?.focus()
          }}
        >
          <Icon name="close" />
        </button>
      )}
      {/* Keeps the focus in the input while the list is clicked. */}
      <div class="suggestions" hidden={!isOpen} onPointerDown={(event) => event.preventDefault()}>
        <div id="suggestions" role="listbox" aria-label={search.suggestions}>
          {films.map((film, index) => (
            <Suggestion
              key={film.key}
              id={`suggestion-${index}`}
              film={film}
              isActive={index === active}
              isPicked={isPicked(film.key)}
              onChoose={() => choose(film)}
              onPoint={() => box.setActive(index)}
            />
          ))}
        </div>
        {total > films.length && (
          <p class="muted small suggestions-more">{search.more(total - films.length)}</p>
        )}
        {films.length === 0 && (
          <p class="suggestions-none">
            {search.nothing(box.query.trim())}
            <span class="muted small">
              {hasHangul(box.query) ? search.nothingKorean : search.nothingHint}
            </span>
          </p>
        )}
      </div>
      {note && <p class="muted small search-note">{note}</p>}
    </search>
  )
}

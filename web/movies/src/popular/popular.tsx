import { useState } from 'preact/hooks'
import { Icon } from '../app/icon.js'
import type { Film } from '../films/film.js'
import { useTitle } from '../films/use-title.js'
import { useMessages } from '../i18n/use-messages.js'
import { Poster } from '../posters/poster.js'

const PAGE = 24
const WANTED = 3

interface Props {
  /** Most popular first. */
  readonly films: readonly Film[]
  readonly isLoading: boolean
  readonly pickedCount: number
  readonly isPicked: (key: string) => boolean
  readonly onToggle: (film: Film) => void
  readonly onShow: () => void
}

/** Popular films to pick from, for new users. */
export function Popular({ films, isLoading, pickedCount, isPicked, onToggle, onShow }: Props) {
  const { popular } = useMessages()
  const [genre, setGenre] = useState('')
  const [count, setCount] = useState(PAGE)
  const ofGenre = genre ? films.filter(({ genres }) => genres.includes(genre)) : films
  const choose = (next: string) => {
    setGenre(next)
    setCount(PAGE)
  }
  return (
    <section aria-labelledby="popular-title" aria-busy={isLoading}>
      <header class="section-head">
        <div>
          <h2 id="popular-title" tabIndex={-1}>
            {pickedCount < WANTED ? popular.title : popular.titleMore}
          </h2>
          <p class="muted">{popular.lead}</p>
        </div>
      </header>
      <Genres films={films} genre={genre} onChoose={choose} />
      {!isLoading && ofGenre.length === 0 && <p class="muted">{popular.none}</p>}
      <ul class="tiles">
        {isLoading && films.length === 0
          ? Array.from({ length: 12 }, (_, i) => <li key={`waiting-${i}`} class="skeleton tile-skeleton" />)
          : ofGenre
              .slice(0, count)
              .map((film) => (
                <Tile
                  key={film.key}
                  film={film}
                  isPicked={isPicked(film.key)}
                  onToggle={() => onToggle(film)}
                />
              ))}
      </ul>
      {ofGenre.length > count && (
        <button type="button" class="button more" onClick={() => setCount(count + PAGE)}>
          {popular.more}
        </button>
      )}
      {pickedCount > 0 && (
        <div class="progress-bar">
          <span class="progress-dots" aria-hidden="true">
            {Array.from({ length: WANTED }, (_, i) => (
              <span key={i} class={i < pickedCount ? 'full' : ''} />
            ))}
          </span>
          {pickedCount <= WANTED && <span>{popular.progress(pickedCount)}</span>}
          <button type="button" class="button primary" onClick={onShow}>
            {popular.show}
          </button>
        </div>
      )}
    </section>
  )
}

interface GenresProps {
  readonly films: readonly Film[]
  readonly genre: string
  readonly onChoose: (genre: string) => void
}

function Genres({ films, genre, onChoose }: GenresProps) {
  const { popular, genre: names } = useMessages()
  const present = new Set(films.flatMap(({ genres }) => genres))
  const known = (Object.keys(names) as (keyof typeof names)[]).filter((name) => present.has(name))
  if (known.length < 2) return null
  return (
    <fieldset class="genres">
      <legend class="visually-hidden">{popular.genres}</legend>
      {(['', ...known] as const).map((name) => (
        <button
          key={name}
          type="button"
          class="genre"
          aria-pressed={genre === name}
          onClick={() => onChoose(name)}
        >
          {name === '' ? popular.all : names[name]}
        </button>
      ))}
    </fieldset>
  )
}

function Tile({ film, isPicked, onToggle }: { film: Film; isPicked: boolean; onToggle: () => void }) {
  const { popular } = useMessages()
  const { title } = useTitle()(film)
  return (
    <li>
      <button
        type="button"
        class="tile"
        aria-pressed={isPicked}
        aria-label={popular.pick(title)}
        onClick={onToggle}
      >
        <span class="tile-poster">
          <Poster film={film} />
        </span>
        <span class="tile-title">{title}</span>
        <span class="tile-mark">
          <Icon name={isPicked ? 'check' : 'plus'} />
        </span>
        <span class="muted small">{film.year}</span>
      </button>
    </li>
  )
}

import type { Recommendation } from '../api/recommendations.js'
import { Icon } from '../app/icon.js'
import type { Film } from '../films/film.js'
import { useTitle } from '../films/use-title.js'
import { useMessages } from '../i18n/use-messages.js'
import { Poster } from '../posters/poster.js'
import { ReasonLine } from './reason-line.js'
import { Score } from './score.js'

interface Props {
  readonly recommendation: Recommendation
  /** From the catalog table, which has more columns than the model's response. */
  readonly film: Film
  readonly rank: number
  readonly bar: number
  readonly isPicked: boolean
  readonly find: (key: string) => Film | undefined
  readonly onAdd: () => void
}

export function Result({ recommendation, film, rank, bar, isPicked, find, onAdd }: Props) {
  const { results, genre } = useMessages()
  const { title, original } = useTitle()(film)
  const genres = film.genres.map((name) => genre[name as keyof typeof genre] ?? name).join(' · ')
  return (
    <li class="result">
      <Poster film={film} />
      <div class="result-body">
        <h3>
          <span class="rank">{rank}</span> {title} {film.year && <span class="muted year">{film.year}</span>}
        </h3>
        {original && (
          <p class="muted small" lang="en">
            {original}
          </p>
        )}
        {genres && <p class="muted small">{genres}</p>}
        <ReasonLine recommendation={recommendation} find={find} />
        <Score score={recommendation.score} bar={bar} />
        <div class="result-actions">
          <button
            type="button"
            class="button small"
            disabled={isPicked}
            aria-label={isPicked ? `${results.added}: ${title}` : results.addFilm(title)}
            onClick={onAdd}
          >
            <Icon name={isPicked ? 'check' : 'plus'} size={14} /> {isPicked ? results.added : results.add}
          </button>
          <Links film={film} title={title} />
        </div>
      </div>
    </li>
  )
}

function Links({ film: { imdbId, tmdbId }, title }: { film: Film; title: string }) {
  const { results } = useMessages()
  const sites = [
    imdbId && { name: 'IMDb', url: `https://www.imdb.com/title/${imdbId}/` },
    tmdbId && { name: 'TMDB', url: `https://www.themoviedb.org/movie/${encodeURIComponent(tmdbId)}` },
  ].filter((site) => typeof site === 'object')
  return (
    <span class="result-links">
      {sites.map(({ name, url }) => (
        <a
          key={name}
          href={url}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={results.links(title, name)}
        >
          {name} <Icon name="external" size={12} />
        </a>
      ))}
    </span>
  )
}

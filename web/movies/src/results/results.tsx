import { useEffect } from 'preact/hooks'
import type { RecommendationResponse } from '../api/recommendations.js'
import { announce } from '../app/announcer.js'
import { FailureNote } from '../app/failure-note.js'
import { Icon } from '../app/icon.js'
import type { RequestState } from '../app/use-request.js'
import type { Film } from '../films/film.js'
import { useTitle } from '../films/use-title.js'
import { useMessages } from '../i18n/use-messages.js'
import type { Choices } from '../picks/address.js'
import { Result } from './result.js'
import { ResultControls } from './result-controls.js'
import { barsOf } from './score-display.js'
import { ServedBy } from './served-by.js'
import { isNoneLeft, unknownFilms } from './unknown-films.js'

const MIN_PICKS = 3

interface Props {
  readonly request: RequestState<RecommendationResponse>
  readonly choices: Choices
  readonly find: (key: string) => Film | undefined
  /** Shown if the model does not respond. */
  readonly popular: RecommendationResponse | undefined
  readonly onChange: (change: Partial<Choices>) => void
  readonly onAdd: (film: Film) => void
  readonly onBrowse: () => void
}

export function Results({ request, choices, find, onChange, onAdd, onBrowse, ...props }: Props) {
  const {
    results,
    popular,
    failure: { stale },
  } = useMessages()
  const { data: response, failure, isLoading } = request
  const shown = response ?? (failure && popularFallback(props.popular, choices))
  useEffect(() => {
    if (response) announce(results.ready(response.recommendations.length), 400)
  }, [response, results])
  return (
    <section aria-labelledby="results-title" aria-busy={isLoading}>
      <header class="section-head">
        <div>
          <h2 id="results-title" tabIndex={-1}>
            {shown?.source === 'popularity' ? results.titlePopular : results.title}
          </h2>
          {response ? (
            <ServedBy served={response.served} />
          ) : (
            <p class="served muted">{isLoading && results.loading}</p>
          )}
        </div>
        <ResultControls choices={choices} onChange={onChange} />
      </header>
      {failure && (
        <FailureNote {...request} failure={failure}>
          {response && stale}
        </FailureNote>
      )}
      {!failure && response?.source !== 'popularity' && choices.picks.length < MIN_PICKS && (
        <p class="note">
          <Icon name="info" /> <span class="note-body">{results.few}</span>
          <button type="button" class="button" onClick={onBrowse}>
            <Icon name="grid" size={14} /> {popular.back}
          </button>
        </p>
      )}
      {response && <Notices response={response} find={find} />}
      {shown ? (
        <List
          response={shown}
          isOld={isLoading || Boolean(failure && response)}
          picks={choices.picks}
          find={find}
          onAdd={onAdd}
        />
      ) : (
        isLoading && <Skeletons />
      )}
    </section>
  )
}

interface ListProps {
  readonly response: RecommendationResponse
  readonly isOld: boolean
  readonly picks: readonly string[]
  readonly find: (key: string) => Film | undefined
  readonly onAdd: (film: Film) => void
}

/** The popular films that loaded earlier, in the requested number. */
function popularFallback(
  popular: RecommendationResponse | undefined,
  { picks, count, hidePicked }: Choices,
): RecommendationResponse | undefined {
  if (!popular) return undefined
  const left = popular.recommendations.filter(({ film }) => !hidePicked || !picks.includes(film.key))
  return { ...popular, recommendations: left.slice(0, count) }
}

function List({ response, isOld, picks, find, onAdd }: ListProps) {
  const { results } = useMessages()
  const { recommendations } = response
  const bars = barsOf(recommendations.map(({ score }) => score))
  if (recommendations.length === 0)
    return (
      <p class="note">
        <Icon name="info" />
        <span class="note-body">
          <strong>{results.empty}</strong> {results.emptyHint}
        </span>
      </p>
    )
  return (
    <ol class={isOld ? 'results old' : 'results'}>
      {recommendations.map((recommendation, index) => {
        const film = find(recommendation.film.key) ?? recommendation.film
        return (
          <Result
            key={film.key}
            recommendation={recommendation}
            film={film}
            rank={index + 1}
            bar={bars[index] ?? 0}
            isPicked={picks.includes(film.key)}
            find={find}
            onAdd={() => onAdd(film)}
          />
        )
      })}
    </ol>
  )
}

interface NoticesProps extends Pick<Props, 'find'> {
  readonly response: RecommendationResponse
}

function Notices({ response: { source, notices }, find }: NoticesProps) {
  const { results, picks } = useMessages()
  const titleOf = useTitle()
  const titled = (key: string) => {
    const film = find(key)
    return film ? titleOf(film).title : picks.unknown(key)
  }
  const unknown = notices.flatMap((notice) => unknownFilms(notice) ?? [])
  const others = notices.filter((notice) => !unknownFilms(notice) && !isNoneLeft(notice))
  if (source !== 'popularity' && unknown.length + others.length === 0) return null
  return (
    <div class="note">
      <Icon name="info" />
      <div class="note-body">
        {source === 'popularity' && <p>{results.cold}</p>}
        {unknown.map(({ keys, more }) => (
          <p key={keys.join()}>{results.unknown(keys.map(titled).join(', '), more)}</p>
        ))}
        {others.length > 0 && (
          <p class="muted small">
            {results.notices}: <q lang="en">{others.join('; ')}</q>
          </p>
        )}
      </div>
    </div>
  )
}

function Skeletons() {
  return (
    <div class="results" aria-hidden="true">
      {Array.from({ length: 6 }, (_, i) => (
        <div key={i} class="result">
          <div class="skeleton result-skeleton" />
          <div class="result-body">
            <div class="skeleton line wide" />
            <div class="skeleton line" />
            <div class="skeleton line" />
          </div>
        </div>
      ))}
    </div>
  )
}

import { useEffect } from 'preact/hooks'
import type { Links } from '../api/links.js'
import type { Answer } from '../api/recommendations.js'
import type { Server } from '../api/server.js'
import { announce } from '../app/announcer.js'
import { FailureNote } from '../app/failure-note.js'
import { Icon } from '../app/icon.js'
import type { Asked } from '../app/use-asked.js'
import type { Film } from '../films/film.js'
import { useMessages } from '../i18n/use-messages.js'
import type { Choices } from '../picks/address.js'
import { Controls } from './controls.js'
import { barsOf } from './reason.js'
import { Result } from './result.js'
import { ServedBy } from './served-by.js'

const ENOUGH = 3

interface Props {
  readonly server: Server
  readonly asked: Asked<Answer>
  readonly choices: Choices
  readonly find: (key: string) => Film | undefined
  readonly links: Links
  /** What is shown when the model does not answer. */
  readonly popular: Answer | undefined
  readonly onChange: (change: Partial<Choices>) => void
  readonly onAdd: (film: Film) => void
  readonly onBrowse: () => void
}

export function Results({ server, asked, choices, find, links, onChange, onAdd, onBrowse, ...props }: Props) {
  const {
    results,
    popular,
    failure: { stale },
  } = useMessages()
  const { answer, failure, isAsking } = asked
  const shown = answer ?? (failure && meanwhile(props.popular, choices))
  useEffect(() => {
    if (answer) announce(results.ready(answer.recommendations.length), 400)
  }, [answer, results])
  return (
    <section aria-labelledby="results-title" aria-busy={isAsking}>
      <header class="section-head">
        <div>
          <h2 id="results-title" tabIndex={-1}>
            {shown?.source === 'popularity' ? results.titlePopular : results.title}
          </h2>
          {answer ? (
            <ServedBy server={server} served={answer.served} />
          ) : (
            <p class="served muted">{isAsking && results.loading}</p>
          )}
        </div>
        <Controls choices={choices} onChange={onChange} />
      </header>
      {failure && (
        <FailureNote {...asked} failure={failure}>
          {answer && stale}
        </FailureNote>
      )}
      {!failure && answer?.source !== 'popularity' && choices.picks.length < ENOUGH && (
        <p class="note">
          <Icon name="info" /> <span class="note-body">{results.few}</span>
          <button type="button" class="button" onClick={onBrowse}>
            <Icon name="grid" size={14} /> {popular.back}
          </button>
        </p>
      )}
      {answer && <Notices answer={answer} />}
      {shown ? (
        <List
          answer={shown}
          isOld={isAsking || Boolean(failure && answer)}
          picks={choices.picks}
          find={find}
          links={links}
          onAdd={onAdd}
        />
      ) : (
        isAsking && <Skeletons />
      )}
    </section>
  )
}

interface ListProps {
  readonly answer: Answer
  readonly isOld: boolean
  readonly picks: readonly string[]
  readonly find: (key: string) => Film | undefined
  readonly links: Links
  readonly onAdd: (film: Film) => void
}

/** The popular films from before, as many as were asked for. */
function meanwhile(popular: Answer | undefined, { picks, count, hidePicked }: Choices): Answer | undefined {
  if (!popular) return undefined
  const left = popular.recommendations.filter(({ film }) => !hidePicked || !picks.includes(film.key))
  return { ...popular, recommendations: left.slice(0, count) }
}

function List({ answer, isOld, picks, find, links, onAdd }: ListProps) {
  const { results } = useMessages()
  const { recommendations } = answer
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
      {recommendations.map((recommendation, place) => {
        const film = find(recommendation.film.key) ?? recommendation.film
        return (
          <Result
            key={film.key}
            recommendation={recommendation}
            film={film}
            rank={place + 1}
            bar={bars[place] ?? 0}
            isPicked={picks.includes(film.key)}
            find={find}
            links={links.get(film.key) ?? film}
            onAdd={() => onAdd(film)}
          />
        )
      })}
    </ol>
  )
}

function Notices({ answer: { source, notices } }: { answer: Answer }) {
  const { results } = useMessages()
  if (source !== 'popularity' && notices.length === 0) return null
  return (
    <div class="note">
      <Icon name="info" />
      <div class="note-body">
        {source === 'popularity' && <p>{results.cold}</p>}
        {notices.length > 0 && (
          <p class="muted small">
            {results.notices}: <q lang="en">{notices.join('; ')}</q>
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

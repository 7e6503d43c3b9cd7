import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { recommend } from '../api/recommendations.js'
import { Server } from '../api/server.js'
import type { Film } from '../films/film.js'
import { useMessages } from '../i18n/use-messages.js'
import { Picks } from '../picks/picks.js'
import { useChoices } from '../picks/use-choices.js'
import { Popular } from '../popular/popular.js'
import { Results } from '../results/results.js'
import { SearchBox } from '../search/search-box.js'
import { Announcer } from './announcer.js'
import { FailureNote } from './failure-note.js'
import { Icon } from './icon.js'
import { SignIn } from './sign-in.js'
import { TopBar } from './top-bar.js'
import { idOf, placeholderFilm, useFind, useLibrary } from './use-library.js'
import { useOnline } from './use-online.js'
import { usePicks } from './use-picks.js'
import { type RequestState, useRequest } from './use-request.js'

const MIN_PICKS = 3
const DEBOUNCE_MS = 150

export function App() {
  const messages = useMessages()
  const server = useMemo(() => new Server(location.href), [])
  const { titles, popular, library, note } = useLibrary(server)
  const [choices, change] = useChoices()
  const { count, hidePicked } = choices
  const history = choices.picks.map((key) => library.find(key)?.id ?? idOf(key))
  const requestKey = history.length > 0 ? JSON.stringify({ history, count, hidePicked }) : undefined
  const recommended = useRequest(
    requestKey,
    (signal) => recommend(server, { history, k: count, filterSeen: hidePicked }, signal),
    DEBOUNCE_MS,
  )
  const find = useFind(library.find, recommended.data)
  const films = choices.picks.map((key) => find(key) ?? placeholderFilm(key, messages.picks.unknown(key)))
  const picks = usePicks(choices.picks, films, change)
  const [isBrowsing, setBrowsing] = useView(films.length)

  const toggle = (film: Film) => {
    if (picks.isPicked(film.key)) return picks.remove(film.key)
    picks.add(film)
    if (films.length + 1 === MIN_PICKS) setBrowsing(false)
  }
  const searched = (film: Film) => {
    picks.add(film)
    setBrowsing(false)
  }

  const isSameFailure = titles.failure !== undefined && titles.failure.kind === popular.failure?.kind
  const retryTitles = isSameFailure ? retryAll([titles, popular]) : titles.retry
  const refused = [titles, popular, recommended].filter(({ failure }) => failure?.kind === 'signIn')

  if (refused.length > 0) return <SignInPage refused={refused} />
  return (
    <>
      <TopBar />
      <Offline />
      <main class="page">
        <div class={films.length > 0 ? 'hero brief' : 'hero'}>
          <h1>{messages.page.title}</h1>
          {films.length === 0 && <p class="lead">{messages.page.lead}</p>}
          <SearchBox
            library={library}
            isLoading={!titles.data && library.size === 0 && titles.isLoading}
            isPicked={picks.isPicked}
            onPick={searched}
            note={note}
          />
          {titles.failure && (
            <FailureNote {...titles} retry={retryTitles} failure={titles.failure}>
              {messages.failure.titles}
            </FailureNote>
          )}
        </div>
        <Picks films={films} onMove={picks.move} onRemove={picks.remove} onClear={picks.clear} />
        <div id="main" tabIndex={-1}>
          {isBrowsing ? (
            <>
              {popular.failure && !isSameFailure && <FailureNote {...popular} failure={popular.failure} />}
              {(library.popular.length > 0 || popular.isLoading) && (
                <Popular
                  films={library.popular}
                  isLoading={popular.isLoading}
                  pickedCount={films.length}
                  isPicked={picks.isPicked}
                  onToggle={toggle}
                  onShow={() => setBrowsing(false)}
                />
              )}
            </>
          ) : (
            <Results
              request={recommended}
              choices={choices}
              find={find}
              popular={popular.data}
              onChange={change}
              onAdd={picks.add}
              onBrowse={() => setBrowsing(true)}
            />
          )}
        </div>
      </main>
      <Announcer />
    </>
  )
}

const retryAll = (requests: readonly Pick<RequestState<unknown>, 'retry'>[]) => () => {
  for (const request of requests) request.retry()
}

/** @param refused the requests that need a token; sent again with it */
function SignInPage({ refused }: { readonly refused: readonly RequestState<unknown>[] }) {
  const { page } = useMessages()
  return (
    <>
      <TopBar />
      <Offline />
      <main class="page">
        <div class="hero">
          <h1>{page.title}</h1>
        </div>
        <div id="main" tabIndex={-1}>
          <SignIn isLoading={refused.some(({ isLoading }) => isLoading)} onSignIn={retryAll(refused)} />
        </div>
      </main>
    </>
  )
}

/** Shows popular films until films are picked. Moves the focus to the new heading when the user switches the view. */
function useView(pickCount: number): [isBrowsing: boolean, setBrowsing: (isBrowsing: boolean) => void] {
  const [browsing, setBrowsing] = useState(pickCount === 0)
  const isBrowsing = browsing || pickCount === 0
  const before = useRef(isBrowsing)
  useEffect(() => {
    if (pickCount === 0) setBrowsing(true)
  }, [pickCount])
  useEffect(() => {
    if (before.current === isBrowsing) return
    before.current = isBrowsing
    const focused = document.activeElement
    if (focused && focused !== document.body) return
    document.getElementById(isBrowsing ? 'popular-title' : 'results-title')?.focus()
  }, [isBrowsing])
  return [isBrowsing, setBrowsing]
}

function Offline() {
  const { failure } = useMessages()
  if (useOnline()) return null
  return (
    <p class="offline" role="status">
      <Icon name="warning" />
      <span>
        <b>{failure.offline}.</b> {failure.offlineHint}
      </span>
    </p>
  )
}

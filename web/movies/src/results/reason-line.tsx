import type { Recommendation } from '../api/recommendations.js'
import type { Film } from '../films/film.js'
import { useTitle } from '../films/use-title.js'
import { useLanguage, useMessages } from '../i18n/use-messages.js'
import { explanationOf } from './explanation.js'

interface Props {
  readonly recommendation: Recommendation
  readonly find: (key: string) => Film | undefined
}

/** Names the reason for a recommendation, such as the picked film that contributed most. */
export function ReasonLine({ recommendation, find }: Props) {
  const { results } = useMessages()
  const language = useLanguage()
  const titleOf = useTitle()
  const because = explanationOf(recommendation)
  if (!('key' in because)) return <p class="why">{results[because.kind]}</p>
  const film = find(because.key)
  const percent = because.share?.toLocaleString(language, { style: 'percent', maximumFractionDigits: 0 })
  return (
    <p class="why">
      {results[because.kind]} <b>{film ? titleOf(film).title : because.title}</b>
      {percent && <span class="muted"> · {results.share(percent)}</span>}
    </p>
  )
}

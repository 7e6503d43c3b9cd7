import { useLanguage, useMessages } from '../i18n/use-messages.js'
import { formatScore } from './score-display.js'

/** The bar is hidden from screen readers. */
export function Score({ score, bar }: { score: number; bar: number }) {
  const { results } = useMessages()
  const text = formatScore(score, useLanguage())
  return (
    <div class="score">
      <span class="score-track" aria-hidden="true">
        <span style={{ width: `${Math.round(bar * 1000) / 10}%` }} />
      </span>
      <span class="score-number" title={results.scoreHelp}>
        <span class="visually-hidden">{results.score} </span>
        {text}
      </span>
    </div>
  )
}

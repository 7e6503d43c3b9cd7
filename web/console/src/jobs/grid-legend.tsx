import { useTranslation } from 'react-i18next'
import type { GridRun } from '../api/jobs.js'
import { StatusMark } from '../ui/status.js'
import { legendOf } from './grid-model.js'
import { toneOf, useStateText } from './job-state.js'
import { originText } from './task-origin.js'

/** A task that took over an earlier result: a ring with the tick of success, filled only for tasks that ran. */
export function ReusedMark() {
  return (
    <svg className="reused" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <circle cx="6" cy="6" r="5.2" fill="none" stroke="var(--ok)" strokeWidth="1.5" />
      <path
        d="M3.4 6.2 5.3 8l3.4-3.8"
        fill="none"
        stroke="var(--ok)"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}

/** The marks of the tasks that the grid shows, with their words. */
export function GridLegend({ runs }: { runs: readonly GridRun[] }) {
  const { t } = useTranslation()
  const stateText = useStateText()
  const { states, origins } = legendOf(runs)
  return (
    <ul className="grid-legend" aria-label={t('jobs.legend')}>
      {states.map((state) => (
        <li key={state}>
          <StatusMark tone={toneOf(state, undefined)} /> {stateText(state, undefined)}
        </li>
      ))}
      {origins.map((kind) => (
        <li key={kind}>
          <ReusedMark /> {originText({ kind }, t)}
        </li>
      ))}
    </ul>
  )
}

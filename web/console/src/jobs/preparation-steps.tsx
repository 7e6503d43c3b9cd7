import { useTranslation } from 'react-i18next'
import { formatDuration } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import type { Preparation } from './preparation.js'

interface PreparationStepsProps {
  readonly preparations: readonly Preparation[]
  readonly isOpen: boolean
  /** Absent while a search shows all lines. */
  readonly onToggle: (() => void) | undefined
}

/** The installation time of each attempt's packages; a button shows its lines in the log. */
export function PreparationSteps({ preparations, isOpen, onToggle }: PreparationStepsProps) {
  const { t } = useTranslation()
  const lines = preparations.reduce((sum, preparation) => sum + preparation.lines, 0)
  return (
    <div className="body preparation">
      {preparations.map(({ attempt, durationMs, isDone }) => (
        <span key={attempt}>
          {t(isDone ? 'jobs.prepared' : 'jobs.preparing', { time: formatDuration(durationMs) })}
          {preparations.length > 1 && <span className="muted"> ({t('jobs.attempt', { attempt })})</span>}
        </span>
      ))}
      <button
        type="button"
        className="button small ghost"
        aria-expanded={isOpen}
        disabled={onToggle === undefined}
        onClick={onToggle}
      >
        <Icon name={isOpen ? 'down' : 'right'} size={13} />
        {t('jobs.preparationLines', { count: lines })}
      </button>
    </div>
  )
}

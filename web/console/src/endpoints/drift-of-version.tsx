import { useTranslation } from 'react-i18next'
import type { EndpointDrift, VersionDrift } from '../api/drift.js'
import { useFormat } from '../i18n/format.js'
import { ItemFigures, ScoreFigures } from './drift-figures.js'
import { DriftOverTime } from './drift-over-time.js'
import { ScoreHistogram } from './score-histogram.js'

interface Props {
  readonly drift: VersionDrift
  readonly limits: Pick<EndpointDrift, 'needed' | 'needed_for_baseline'>
}

/** Scores and recommended items of one version: the baseline against now. */
export function DriftOfVersion({ drift, limits }: Props) {
  const { t } = useTranslation()
  const { scores, items, windows } = drift
  if (!scores) return <TooFew drift={drift} limits={limits} />
  return (
    <div className="drift">
      <BaselineText drift={drift} />
      <ScoreHistogram bins={scores.bins} />
      {windows.length > 1 && <DriftOverTime windows={windows} />}
      <div className="drift-figures">
        <h3>{t('drift.scores')}</h3>
        <ScoreFigures scores={scores} />
        {items && (
          <>
            <h3>{t('drift.items')}</h3>
            <ItemFigures items={items} />
          </>
        )}
      </div>
    </div>
  )
}

function BaselineText({ drift }: { drift: VersionDrift }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { answers, baseline, baseline_answers, from, to } = drift
  return (
    <p className="muted drift-baseline">
      {t(`drift.baseline.${baseline}`, { n: format.integer(baseline_answers) })}{' '}
      {t('drift.now', { n: format.integer(answers), from: format.time(from), to: format.time(to) })}
    </p>
  )
}

/** A version without a baseline needs answers for one first. */
function TooFew({ drift, limits }: Props) {
  const { t } = useTranslation()
  const { answers, baseline, baseline_answers } = drift
  const waits = baseline === 'first_answers' && baseline_answers === 0
  return (
    <p className="body muted">
      {waits
        ? t('drift.noBaseline', { n: answers, needed: limits.needed_for_baseline })
        : t('drift.tooFew', { n: answers, needed: limits.needed })}
    </p>
  )
}

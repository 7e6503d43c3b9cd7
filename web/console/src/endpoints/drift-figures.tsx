import { useTranslation } from 'react-i18next'
import type { VersionDrift } from '../api/drift.js'
import { differs, VERDICT_CLASS, verdictOf, verdictOfItems } from './drift-verdict.js'

type Scores = NonNullable<VersionDrift['scores']>
type Items = NonNullable<VersionDrift['items']>

/** Each figure is explained in a sentence. */
export function ScoreFigures({ scores }: { scores: Scores }) {
  const { t } = useTranslation()
  const verdict = verdictOf(scores)
  return (
    <dl>
      <dt>{t('drift.psi')}</dt>
      <dd>
        <b>{number(scores.psi)}</b>{' '}
        <span className={VERDICT_CLASS[verdict]}>{t(`drift.verdict.${verdict}`)}</span>
        <p>{t(`drift.psiMeans.${verdict}`)}</p>
        <p className="muted">{t('drift.psiLimits', { noise: number(scores.psi_noise) })}</p>
      </dd>
      <dt>{t('drift.ks')}</dt>
      <dd>
        <b>{number(scores.ks)}</b>
        <p>
          {t(differs(scores) ? 'drift.ksDiffers' : 'drift.ksSame', {
            percent: percent(scores.ks),
            noise: percent(scores.ks_noise),
          })}
        </p>
      </dd>
    </dl>
  )
}

export function ItemFigures({ items }: { items: Items }) {
  const { t } = useTranslation()
  const { coverage, divergence, divergence_noise, gini, popular, popular_share } = items
  const verdict = verdictOfItems(items)
  return (
    <dl>
      <dt>{t('drift.popularShare', { n: popular })}</dt>
      <dd>
        <Change from={percent(popular_share.baseline)} to={percent(popular_share.now)} />
        <p>{t(popularity(popular_share))}</p>
      </dd>
      <dt>{t('drift.coverage')}</dt>
      <dd>
        <Change from={percent(coverage.baseline)} to={percent(coverage.now)} />
        <p>{t('drift.coverageMeans')}</p>
      </dd>
      <dt>{t('drift.gini')}</dt>
      <dd>
        <Change from={number(gini.baseline)} to={number(gini.now)} />
        <p>{t('drift.giniMeans')}</p>
      </dd>
      <dt>{t('drift.divergence')}</dt>
      <dd>
        <b>{number(divergence)}</b>{' '}
        <span className={VERDICT_CLASS[verdict]}>{t(`drift.verdict.${verdict}`)}</span>
        <p>{t(`drift.divergenceMeans.${verdict}`)}</p>
        <p className="muted">{t('drift.divergenceLimits', { noise: number(divergence_noise) })}</p>
      </dd>
    </dl>
  )
}

function Change({ from, to }: { from: string; to: string }) {
  const { t } = useTranslation()
  return (
    <>
      <span className="muted">
        <span className="visually-hidden">{t('drift.before')} </span>
        {from} <span aria-hidden="true">→</span>
      </span>{' '}
      <b>
        <span className="visually-hidden">{t('drift.today')} </span>
        {to}
      </b>
    </>
  )
}

const number = (value: number) => String(Number(value.toFixed(3)))

/** Compares the shares as they are shown, rounded to a percent. */
function popularity({ baseline, now }: Items['popular_share']) {
  if (percent(baseline) === percent(now)) return 'drift.popularSame'
  return now > baseline ? 'drift.popularMore' : 'drift.popularLess'
}

/** `12.3%` */
const percent = (share: number) => `${Number((100 * share).toFixed(1))}%`

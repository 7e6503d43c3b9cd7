import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { isMissing } from '../api/http.js'
import type { Promotion } from '../api/models.js'
import { useFormat } from '../i18n/format.js'
import { Failure, Skeleton } from '../ui/states.js'
import { Checks } from './checks.js'
import { promotionsQuery } from './queries.js'
import { Verdict } from './verdict.js'

/** Promotion decisions, newest first. */
export function PromotionHistory({ name }: { name: string }) {
  const { t } = useTranslation()
  const heading = useId()
  const promotions = useQuery(promotionsQuery(name))
  if (isMissing(promotions.error)) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('gate.history')}</h2>
      </header>
      {promotions.isPending && <Skeleton lines={3} />}
      {promotions.isError && <Failure error={promotions.error} />}
      {promotions.data?.length === 0 && <p className="body muted">{t('gate.noHistory')}</p>}
      <ol className="promotions">
        {promotions.data?.map((promotion) => (
          <Decision key={promotion.id} promotion={promotion} />
        ))}
      </ol>
    </section>
  )
}

function Decision({ promotion }: { promotion: Promotion }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { version, alias, verdict, checks, champion_version, reason, decided_by, decided_at } = promotion
  return (
    <li>
      <details>
        <summary>
          <Verdict verdict={verdict} />
          <strong>
            v{version} → @{alias}
          </strong>
          <span className="muted">
            {champion_version &&
              champion_version !== version &&
              `${t('gate.replaces', { version: champion_version })} · `}
            {decided_by} · <time title={format.time(decided_at)}>{format.ago(decided_at)}</time>
          </span>
        </summary>
        {reason && <p className="reason">“{reason}”</p>}
        <Checks checks={checks} />
      </details>
    </li>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { isMissing } from '../api/http.js'
import { Failure, Skeleton } from '../ui/states.js'
import { Checks } from './checks.js'
import { Promote } from './promote.js'
import { gateQuery } from './queries.js'

/** The gate's checks of a version and the promotion button. */
export function Gate({ name, version }: { name: string; version: string }) {
  const { t } = useTranslation()
  const heading = useId()
  const gate = useQuery(gateQuery(name, version))
  if (isMissing(gate.error)) return null // other MLflow servers have no gate
  const champion = gate.data?.champion_version
  return (
    <section className="panel gate" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('gate.title')}</h2>
        {gate.data && (
          <span className={gate.data.passed ? 'chip ok' : 'chip bad'}>
            {gate.data.passed ? t('gate.wouldPass') : t('gate.wouldFail')}
          </span>
        )}
      </header>
      <div className="body stack">
        {gate.isPending && <Skeleton lines={4} />}
        {gate.isError && <Failure error={gate.error} retry={() => void gate.refetch()} />}
        {gate.data && (
          <>
            <p className="muted">
              {champion === version
                ? t('gate.isChampion')
                : champion
                  ? t('gate.against', { version: champion })
                  : t('gate.noChampion')}
            </p>
            <Checks checks={gate.data.checks} />
            {champion !== version && <Promote name={name} version={version} passes={gate.data.passed} />}
          </>
        )}
      </div>
    </section>
  )
}

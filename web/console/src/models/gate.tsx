import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { isMissing } from '../api/http.js'
import type { GateVerdict } from '../api/models.js'
import { useMay } from '../permissions/use-may.js'
import { Failure, Skeleton } from '../ui/states.js'
import { Checks } from './checks.js'
import { Promote } from './promote.js'
import { gateQuery, modelQuery } from './queries.js'

/** The gate's checks of a version and the promotion button. */
export function Gate({ name, version }: { name: string; version: string }) {
  const { t } = useTranslation()
  const heading = useId()
  const gate = useQuery(gateQuery(name, version))
  if (isMissing(gate.error)) return null // other MLflow servers have no gate
  return (
    <section className="panel gate" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('gate.title')}</h2>
        {gate.data && <Outcome verdict={gate.data} />}
      </header>
      <div className="body stack">
        {gate.isPending && <Skeleton lines={4} />}
        {gate.isError && <Failure error={gate.error} retry={() => void gate.refetch()} />}
        {gate.data && <Decision verdict={gate.data} />}
      </div>
    </section>
  )
}

/** The gate compares a candidate with the champion, so it decides nothing about the champion itself. */
const isChampion = ({ champion_version, version }: GateVerdict) => champion_version === version

function Outcome({ verdict }: { verdict: GateVerdict }) {
  const { t } = useTranslation()
  if (isChampion(verdict)) return <span className="chip accent">{t('check.champion')}</span>
  return verdict.passed ? (
    <span className="chip ok">{t('gate.wouldPass')}</span>
  ) : (
    <span className="chip bad">{t('gate.wouldFail')}</span>
  )
}

function Decision({ verdict }: { verdict: GateVerdict }) {
  const { t } = useTranslation()
  const { name, version, champion_version, checks, passed } = verdict
  const mayPromote = useMay({ securable_type: 'registered_model', full_name: name }, 'PROMOTE MODELS')
  if (isChampion(verdict)) return <p className="muted">{t('gate.isChampion')}</p>
  return (
    <>
      <p className="muted">
        {champion_version ? t('gate.against', { version: champion_version }) : t('gate.noChampion')}
      </p>
      {mayPromote && <NotGated verdict={verdict} />}
      <Checks checks={checks} />
      {mayPromote && <Promote name={name} version={version} passes={passed} />}
    </>
  )
}

/** The gate cannot judge a version without an evaluation, and most models do not need it. */
function NotGated({ verdict: { name, checks } }: { verdict: GateVerdict }) {
  const { t } = useTranslation()
  const model = useQuery(modelQuery(name))
  const isEvaluated = checks.some((check) => check.name === 'evaluated' && check.passed)
  const isGated = model.data?.tags?.some(({ key, value }) => key === GATED_ALIAS && value === 'champion')
  return model.data && !isEvaluated && !isGated ? <p>{t('gate.notGated')}</p> : null
}

/** The tag of a model with the alias that only the gate moves. */
const GATED_ALIAS = 'cairn.gated_alias'

import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type EndpointDrift, getDrift, type VersionDrift } from '../api/drift.js'
import { isMissing } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { pollInterval } from '../app/query-client.js'
import { CodeBlock } from '../ui/copy.js'
import { Segments } from '../ui/segments.js'
import { Failure, Skeleton } from '../ui/states.js'
import { DriftOfVersion } from './drift-of-version.js'
import './drift.css'

/** The server computes the figures once a minute at most. */
const POLL_MS = 60_000

/** How the answers of each served version differ from those at training. */
export function Drift({ name }: { name: string }) {
  const { t } = useTranslation()
  const heading = useId()
  const drift = useQuery({
    queryKey: queryKeys.drift(name),
    queryFn: ({ signal }) => getDrift(name, signal),
    refetchInterval: (query) => pollInterval(query, () => POLL_MS),
  })
  if (isMissing(drift.error)) return null // a server of an older release
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('drift.title')}</h2>
      </header>
      {drift.isPending && <Skeleton lines={3} />}
      {drift.isError && <Failure error={drift.error} retry={() => void drift.refetch()} />}
      {drift.data && <DriftState name={name} drift={drift.data} />}
    </section>
  )
}

function DriftState({ name, drift }: { name: string; drift: EndpointDrift }) {
  const { t } = useTranslation()
  if (drift.state === 'no_table') return <NoTable name={name} />
  if (drift.state === 'no_access')
    return (
      <div className="body drift-empty">
        <p>{t('drift.noAccess')}</p>
        <p className="muted" lang="en">
          {drift.message}
        </p>
      </div>
    )
  if (drift.versions.length === 0) return <p className="body muted">{t('drift.noAnswers')}</p>
  return <Versions drift={drift} />
}

function NoTable({ name }: { name: string }) {
  const { t } = useTranslation()
  const url = new URL(`api/2.0/serving-endpoints/${name}/ai-gateway`, document.baseURI).href
  const table = { enabled: true, catalog_name: 'main', schema_name: 'logs' }
  const code = `curl -X PUT ${url} \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify({ inference_table_config: table })}'`
  return (
    <div className="body drift-empty">
      <p>{t('drift.noTable')}</p>
      <p className="muted">{t('drift.noTableHelp')}</p>
      <CodeBlock code={code} />
    </div>
  )
}

const keyOf = ({ served_entity, version }: VersionDrift) => `${served_entity} v${version}`

function Versions({ drift }: { drift: EndpointDrift }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<string>()
  const { versions } = drift
  const shown = versions.find((one) => keyOf(one) === chosen) ?? versions[0]!
  return (
    <>
      {versions.length > 1 && (
        <div className="body">
          <Segments
            label={t('drift.version')}
            value={keyOf(shown)}
            options={versions.map((one) => ({ value: keyOf(one), label: keyOf(one) }))}
            onChange={setChosen}
          />
        </div>
      )}
      <DriftOfVersion drift={shown} limits={drift} />
    </>
  )
}

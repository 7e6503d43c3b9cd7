import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { EndpointConfig, ServedEntity } from '../api/endpoints.js'
import { seriesStyle } from '../charts/series-style.js'
import { useFormat } from '../i18n/format.js'
import { StateMessage } from '../server-words/server-message.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Status, type Tone } from '../ui/status.js'
import { shortDigest } from './changes-table.js'
import { SplitBar } from './split-bar.js'
import { type Share, sharesOf } from './traffic.js'

interface ServedEntitiesProps {
  readonly title: string
  readonly config: EndpointConfig | undefined
  /** The digest of the files of each served entity's model, where known. */
  readonly digests?: ReadonlyMap<string, string>
}

const NO_DIGESTS: ReadonlyMap<string, string> = new Map()

export function ServedEntities({ title, config, digests = NO_DIGESTS }: ServedEntitiesProps) {
  const { t } = useTranslation()
  const heading = useId()
  const shares = sharesOf(config)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {config && <span className="muted">{t('endpoint.config', { version: config.config_version })}</span>}
      </header>
      {shares.length === 0 ? (
        <p className="body muted">{t('endpoint.noEntities')}</p>
      ) : (
        <>
          <div className="body">
            <SplitBar shares={shares} />
          </div>
          <EntitiesTable shares={shares} digests={digests} />
        </>
      )}
    </section>
  )
}

interface EntitiesTableProps {
  readonly shares: readonly Share[]
  readonly digests: ReadonlyMap<string, string>
}

function EntitiesTable({ shares, digests }: EntitiesTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ScrollX>
      <table className="list endpoint-entities">
        <thead>
          <tr>
            <th scope="col">{t('endpoint.entity')}</th>
            <th scope="col" className="number">
              {t('endpoint.traffic')}
            </th>
            <th scope="col">{t('endpoint.model')}</th>
            <th scope="col">{t('endpoint.state')}</th>
            <th scope="col">{t('endpoint.alias')}</th>
            <th scope="col">{t('endpoint.digest')}</th>
            <th scope="col">{t('endpoint.created')}</th>
          </tr>
        </thead>
        <tbody>
          {shares.map(({ entity, percent }, index) => (
            <tr key={entity.name}>
              <th scope="row">
                <span className="swatch" style={{ background: seriesStyle(index).colour }} />
                {entity.name}
              </th>
              <td className="number">{percent}%</td>
              <td>
                <ModelLink entity={entity} />
              </td>
              <td>
                <Deployment entity={entity} />
              </td>
              <td>
                {entity.entity_alias ? (
                  <span className="chip accent">@{entity.entity_alias}</span>
                ) : (
                  <span className="muted">{t('endpoint.pinned')}</span>
                )}
              </td>
              <td>
                <code title={digests.get(entity.name)}>{shortDigest(digests.get(entity.name) ?? '–')}</code>
              </td>
              <td className="muted">{format.ago(entity.creation_timestamp)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

/** If the alias was never resolved, `entity_version` is the alias instead of a number. */
function ModelLink({ entity: { entity_name: name, entity_version: version } }: { entity: ServedEntity }) {
  if (!/^\d+$/.test(version))
    return (
      <Link to="/models/$name" params={{ name }}>
        {name}
      </Link>
    )
  return (
    <Link to="/models/$name/versions/$version" params={{ name, version }}>
      {name} v{version}
    </Link>
  )
}

const TONE: Record<ServedEntity['state']['deployment'], Tone> = {
  DEPLOYMENT_CREATING: 'running',
  DEPLOYMENT_READY: 'ok',
  DEPLOYMENT_RECOVERING: 'running',
  DEPLOYMENT_FAILED: 'bad',
  DEPLOYMENT_ABORTED: 'stopped',
}

function Deployment({ entity }: { entity: ServedEntity }) {
  const { t } = useTranslation()
  const { deployment, deployment_state_message } = entity.state
  return (
    <>
      <Status tone={TONE[deployment]}>{t(`deployment.${deployment}`)}</Status>
      {deployment_state_message && (
        <p className="muted">
          <StateMessage message={deployment_state_message} />
        </p>
      )}
    </>
  )
}

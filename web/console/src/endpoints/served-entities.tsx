import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { EndpointConfig, ServedEntity } from '../api/endpoints.js'
import { seriesStyle } from '../charts/series-style.js'
import { useFormat } from '../i18n/format.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Status, type Tone } from '../ui/status.js'
import { SplitBar } from './split-bar.js'
import { type Share, sharesOf } from './traffic.js'

export function ServedEntities({ title, config }: { title: string; config: EndpointConfig | undefined }) {
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
          <EntitiesTable shares={shares} />
        </>
      )}
    </section>
  )
}

function EntitiesTable({ shares }: { shares: readonly Share[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ScrollX>
      <table className="list">
        <thead>
          <tr>
            <th scope="col">{t('endpoint.entity')}</th>
            <th scope="col" className="number">
              {t('endpoint.traffic')}
            </th>
            <th scope="col">{t('endpoint.model')}</th>
            <th scope="col">{t('endpoint.alias')}</th>
            <th scope="col">{t('endpoint.state')}</th>
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
                {entity.entity_alias ? (
                  <span className="chip accent">@{entity.entity_alias}</span>
                ) : (
                  <span className="muted">{t('endpoint.pinned')}</span>
                )}
              </td>
              <td>
                <Deployment entity={entity} />
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
      {deployment_state_message && <p className="muted">{deployment_state_message}</p>}
    </>
  )
}

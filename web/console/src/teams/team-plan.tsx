import { useTranslation } from 'react-i18next'
import type { TeamStep } from '../api/teams.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Status } from '../ui/status.js'

/** Shows the objects and grants that are created. Existing ones are skipped. */
export function TeamPlan({ steps }: { steps: readonly TeamStep[] }) {
  const { t } = useTranslation()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('teams.step')}</th>
              <th scope="col">{t('access.principal')}</th>
              <th scope="col">{t('access.privileges')}</th>
              <th scope="col">{t('teams.on')}</th>
              <th scope="col">{t('accessRequest.state')}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={JSON.stringify([step.kind, step.principal, step.securable])}>
                <th scope="row">{t(`teamStep.${step.kind}`)}</th>
                <td>{step.principal}</td>
                <td>{step.privileges?.join(', ')}</td>
                <td>{step.securable_type === 'metastore' ? t('permissions.workspace') : step.securable}</td>
                <td>
                  <Status tone={step.state === 'new' ? 'waiting' : 'ok'}>
                    {t(`teamState.${step.state}`)}
                  </Status>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}

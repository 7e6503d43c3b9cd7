import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { EffectiveAssignment, Securable } from '../api/catalog.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Failure, Skeleton } from '../ui/states.js'
import { effectiveGrantsQuery, securableQuery } from './queries.js'

/** Direct and inherited grants with their origin, and the owner. */
export function EffectiveGrants({ securable }: { securable: Securable }) {
  const { t } = useTranslation()
  const heading = useId()
  const effective = useQuery(effectiveGrantsQuery(securable))
  const owner = useQuery(securableQuery(securable)).data?.owner
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{t('access.effective')}</h3>
      </header>
      {effective.isPending && <Skeleton lines={3} />}
      {effective.isError && <Failure error={effective.error} />}
      {effective.data && <Assignments owner={owner} assignments={effective.data} />}
      {effective.data?.length === 0 && <p className="body muted">{t('access.noneEffective')}</p>}
    </section>
  )
}

interface AssignmentsProps {
  readonly owner: string | undefined
  readonly assignments: readonly EffectiveAssignment[]
}

function Assignments({ owner, assignments }: AssignmentsProps) {
  const { t } = useTranslation()
  return (
    <ScrollX>
      <table className="list">
        <thead>
          <tr>
            <th scope="col">{t('access.principal')}</th>
            <th scope="col">{t('access.privileges')}</th>
          </tr>
        </thead>
        <tbody>
          {owner && (
            <tr>
              <th scope="row">{owner}</th>
              <td>
                <span className="chip accent">{t('access.owner')}</span>
              </td>
            </tr>
          )}
          {assignments.map(({ principal, privileges }) => (
            <tr key={principal}>
              <th scope="row">{principal}</th>
              <td>
                <ul className="chips">
                  {privileges.map((grant) => (
                    <li key={`${grant.privilege} ${grant.inherited_from_name ?? ''}`} className="chip">
                      <b>{grant.privilege}</b>
                      {grant.inherited_from_type && (
                        <span className="muted">
                          {t('access.inheritedFrom', { name: grant.inherited_from_name ?? '' })}
                        </span>
                      )}
                      {grant.via_group && (
                        <span className="muted">{t('access.viaGroup', { group: grant.via_group })}</span>
                      )}
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

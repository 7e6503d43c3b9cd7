import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { useAccount } from '../app/use-account.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { AllTokens } from './all-tokens.js'
import { Invites } from './invites.js'
import { Principals } from './principals.js'

const TABS = ['users', 'groups', 'servicePrincipals', 'invites', 'tokens'] as const

/** Users, groups, service principals, invitations and tokens, for administrators. */
export function PeoplePage() {
  const { t } = useTranslation()
  const { tab } = useSearch({ from: '/people' })
  const navigate = useNavigate({ from: '/people' })
  const account = useAccount()
  const current = TABS.find((known) => known === tab) ?? 'users'
  return (
    <Page
      title={t('people.title')}
      actions={
        account.data?.manages_identities && (
          <Link className="button" to="/teams">
            {t('teams.title')}
          </Link>
        )
      }
    >
      {account.isPending && <Skeleton />}
      {account.isError && <Failure error={account.error} retry={() => void account.refetch()} />}
      {account.data && !account.data.manages_identities && <Empty title={t('people.forbidden')} />}
      {account.data?.manages_identities && (
        <>
          <Tabs
            label={t('people.sections')}
            value={current}
            tabs={TABS.map((value) => ({ value, label: t(`people.${value}`) }))}
            onChange={(value) => void navigate({ search: { tab: value }, replace: true })}
          />
          <TabPanel value={current}>
            {current === 'users' && <Principals key="users" kind="users" />}
            {current === 'groups' && <Principals key="groups" kind="groups" />}
            {current === 'servicePrincipals' && <Principals key="services" kind="service-principals" />}
            {current === 'invites' && <Invites />}
            {current === 'tokens' && <AllTokens />}
          </TabPanel>
        </>
      )}
    </Page>
  )
}

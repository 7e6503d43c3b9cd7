import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { useAccount } from '../app/use-account.js'
import { Failure, Skeleton } from '../ui/states.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { LinkAccount } from './link-account.js'
import { OwnTokens } from './own-tokens.js'
import { Password } from './password.js'
import { Sessions } from './sessions.js'

const TABS = ['tokens', 'sessions', 'password'] as const

/** The caller's tokens, sessions and password. */
export function AccountPage() {
  const { t } = useTranslation()
  const { tab } = useSearch({ from: '/account' })
  const navigate = useNavigate({ from: '/account' })
  const account = useAccount()
  const current = TABS.find((known) => known === tab) ?? 'tokens'
  return (
    <Page title={t('profile.title')}>
      {account.isPending && <Skeleton />}
      {account.isError && <Failure error={account.error} retry={() => void account.refetch()} />}
      {account.data && (
        <>
          <Tabs
            label={t('profile.sections')}
            value={current}
            tabs={TABS.map((value) => ({ value, label: t(`profile.${value}`) }))}
            onChange={(value) => void navigate({ search: { tab: value }, replace: true })}
          />
          <TabPanel value={current}>
            {current === 'tokens' && <OwnTokens />}
            {current === 'sessions' && <Sessions />}
            {current === 'password' && (
              <>
                <Password account={account.data} />
                <LinkAccount />
              </>
            )}
          </TabPanel>
        </>
      )}
    </Page>
  )
}

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { Requests } from './requests.js'
import { Review } from './review.js'

const TABS = ['toDecide', 'mine', 'review'] as const

/** Requests for access and access reviews. */
export function AccessPage() {
  const { t } = useTranslation()
  const { tab } = useSearch({ from: '/access' })
  const navigate = useNavigate({ from: '/access' })
  const current = TABS.find((known) => known === tab) ?? 'toDecide'
  return (
    <Page title={t('accessRequest.title')}>
      <Tabs
        label={t('accessRequest.sections')}
        value={current}
        tabs={TABS.map((value) => ({ value, label: t(`accessRequest.${value}`) }))}
        onChange={(value) => void navigate({ search: { tab: value }, replace: true })}
      />
      <TabPanel value={current}>
        {current === 'toDecide' && <Requests key="to-decide" box="to_decide" />}
        {current === 'mine' && <Requests key="mine" box="mine" />}
        {current === 'review' && <Review />}
      </TabPanel>
    </Page>
  )
}

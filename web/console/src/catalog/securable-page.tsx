import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { Securable } from '../api/catalog.js'
import { Page } from '../app/page.js'
import { ObjectAudit } from '../audit/object-audit.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { Access } from './access.js'
import { CatalogTree } from './catalog-tree.js'
import { Columns } from './columns-table.js'
import { Details } from './details.js'
import { Rows } from './rows.js'
import { ancestorsOf, lastPart, securableOf } from './securable.js'
import { SecurableActions } from './securable-actions.js'
import './catalog.css'

const route = getRouteApi('/catalog/$name')
type Tab = 'columns' | 'rows' | 'access' | 'audit' | 'details'
const TABS: Record<Securable['type'], readonly Tab[]> = {
  catalog: ['details', 'access', 'audit'],
  schema: ['details', 'access', 'audit'],
  table: ['columns', 'rows', 'access', 'audit', 'details'],
}

export function SecurablePage() {
  const { t } = useTranslation()
  const { name } = route.useParams()
  const { tab: requested } = route.useSearch()
  const navigate = useNavigate()
  const securable = securableOf(name)
  const tabs = TABS[securable.type]
  const tab = tabs.find((value) => value === requested) ?? tabs[0]!
  return (
    <Page
      title={lastPart(name)}
      breadcrumbs={
        <>
          <Link to="/catalog">{t('nav.catalog')}</Link>
          {ancestorsOf(name).map((ancestor) => (
            <Fragment key={ancestor}>
              /
              <Link to="/catalog/$name" params={{ name: ancestor }}>
                {lastPart(ancestor)}
              </Link>
            </Fragment>
          ))}
        </>
      }
      actions={<SecurableActions key={name} securable={securable} />}
      badges={<span className="chip">{t(`securable.${securable.type}`)}</span>}
    >
      <div className="catalog">
        <CatalogTree current={name} />
        <div className="tab-panel">
          <Tabs<Tab>
            label={t('catalog.sections')}
            value={tab}
            tabs={tabs.map((value) => ({ value, label: t(`catalog.${value}`) }))}
            onChange={(value) =>
              void navigate({ to: '/catalog/$name', params: { name }, search: { tab: value }, replace: true })
            }
          />
          <TabPanel value={tab}>
            <h2 className="visually-hidden">{t(`catalog.${tab}`)}</h2>
            <TabContent key={name} tab={tab} securable={securable} />
          </TabPanel>
        </div>
      </div>
    </Page>
  )
}

function TabContent({ tab, securable }: { tab: Tab; securable: Securable }) {
  switch (tab) {
    case 'columns':
      return <Columns name={securable.name} />
    case 'rows':
      return <Rows name={securable.name} />
    case 'access':
      return <Access securable={securable} />
    case 'audit':
      return <ObjectAudit object={{ securable: securable.name }} />
    case 'details':
      return <Details securable={securable} />
  }
}

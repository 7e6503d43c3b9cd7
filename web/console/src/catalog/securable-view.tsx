import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { Securable } from '../api/catalog.js'
import { Page } from '../app/page.js'
import { useAccount } from '../app/use-account.js'
import { ObjectAudit } from '../audit/object-audit.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { Access } from './access.js'
import { CatalogTree } from './catalog-tree.js'
import { Columns } from './columns-table.js'
import { Details } from './details.js'
import { VolumeFiles } from './files/volume-files.js'
import { canManageQuery } from './queries.js'
import { Rows } from './rows.js'
import { ancestorsOf, lastPart, pageOf } from './securable.js'
import { SecurableActions } from './securable-actions.js'
import './catalog.css'

type Tab = 'columns' | 'rows' | 'files' | 'access' | 'audit' | 'details'
const TABS: Record<Securable['type'], readonly Tab[]> = {
  catalog: ['details', 'access', 'audit'],
  schema: ['details', 'access', 'audit'],
  table: ['columns', 'rows', 'access', 'audit', 'details'],
  volume: ['files', 'access', 'audit', 'details'],
}

interface SecurableViewProps {
  readonly securable: Securable
  /** The tab of the URL. */
  readonly tab: string | undefined
}

/** An object of the catalog beside the tree of all. */
export function SecurableView({ securable, tab: requested }: SecurableViewProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { type, name } = securable
  const mayAudit = useMayAudit(securable)
  const tabs = TABS[type].filter((value) => value !== 'audit' || (mayAudit ?? requested === 'audit'))
  const tab = tabs.find((value) => value === requested) ?? tabs[0]!
  return (
    <Page
      title={lastPart(name)}
      breadcrumbs={<Ancestors name={name} />}
      actions={<SecurableActions securable={securable} />}
      badges={<span className="chip">{t(`securable.${type}`)}</span>}
    >
      <div className="catalog">
        <CatalogTree current={securable} />
        <div className="tab-panel">
          <Tabs<Tab>
            label={t('catalog.sections')}
            value={tab}
            tabs={tabs.map((value) => ({ value, label: t(`catalog.${value}`) }))}
            onChange={(value) =>
              void navigate({ ...pageOf(securable), search: { tab: value }, replace: true })
            }
          />
          <TabPanel value={tab}>
            <h2 className="visually-hidden">{t(`catalog.${tab}`)}</h2>
            <TabContent tab={tab} securable={securable} />
          </TabPanel>
        </div>
      </div>
    </Page>
  )
}

/** Returns whether the caller may read the audit log of a securable; undefined until that is known. */
function useMayAudit(securable: Securable): boolean | undefined {
  const account = useAccount().data
  const canManage = useQuery(canManageQuery(securable)).data
  return account?.reads_audit || canManage
}

function Ancestors({ name }: { name: string }) {
  const { t } = useTranslation()
  return (
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
  )
}

function TabContent({ tab, securable }: { tab: Tab; securable: Securable }) {
  switch (tab) {
    case 'columns':
      return <Columns name={securable.name} />
    case 'rows':
      return <Rows name={securable.name} />
    case 'files':
      return <VolumeFiles volume={securable.name} />
    case 'access':
      return <Access securable={securable} />
    case 'audit':
      return <ObjectAudit object={{ securable: securable.name }} />
    case 'details':
      return <Details securable={securable} />
  }
}

import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { Empty } from '../ui/states.js'
import { CatalogTree } from './catalog-tree.js'
import { CreateSecurable } from './create-securable.js'
import './catalog.css'

export function CatalogPage() {
  const { t } = useTranslation()
  return (
    <Page
      title={t('nav.catalog')}
      actions={
        <>
          <Link className="button" to="/query">
            {t('query.open')}
          </Link>
          <CreateSecurable />
        </>
      }
    >
      <div className="catalog">
        <CatalogTree />
        <div className="panel choose">
          <Empty title={t('catalog.choose')}>{t('catalog.chooseHelp')}</Empty>
        </div>
      </div>
    </Page>
  )
}

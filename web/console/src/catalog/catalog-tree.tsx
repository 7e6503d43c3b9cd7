import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listCatalogs, listSchemas, listTables } from '../api/catalog.js'
import { queryKeys } from '../api/query-keys.js'
import { Icon, type IconName } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { ancestorsOf, lastPart, securableOf } from './securable.js'

const ICON: Record<'catalog' | 'schema' | 'table', IconName> = {
  catalog: 'catalog',
  schema: 'folder',
  table: 'table',
}

/** Catalogs, schemas and tables that the caller may see. Children are loaded when their parent is expanded. */
export function CatalogTree({ current }: { current?: string }) {
  const { t } = useTranslation()
  const catalogs = useQuery({ queryKey: queryKeys.catalogs(), queryFn: ({ signal }) => listCatalogs(signal) })
  return (
    <nav className="panel tree" aria-label={t('catalog.tree')}>
      <TreeList list={catalogs} empty={<Empty title={t('catalog.none')}>{t('catalog.noneHelp')}</Empty>}>
        {catalogs.data?.map(({ name }) => (
          <TreeItem key={name} name={name} current={current}>
            <Schemas catalog={name} current={current} />
          </TreeItem>
        ))}
      </TreeList>
    </nav>
  )
}

function Schemas({ catalog, current }: { catalog: string; current: string | undefined }) {
  const schemas = useQuery({
    queryKey: queryKeys.schemas(catalog),
    queryFn: ({ signal }) => listSchemas(catalog, signal),
  })
  return (
    <TreeList list={schemas}>
      {schemas.data?.map(({ full_name, name }) => (
        <TreeItem key={full_name} name={full_name} current={current}>
          <Tables catalog={catalog} schema={name} current={current} />
        </TreeItem>
      ))}
    </TreeList>
  )
}

function Tables({
  catalog,
  schema,
  current,
}: {
  catalog: string
  schema: string
  current: string | undefined
}) {
  const tables = useQuery({
    queryKey: queryKeys.tables(catalog, schema),
    queryFn: ({ signal }) => listTables(catalog, schema, signal),
  })
  return (
    <TreeList list={tables}>
      {tables.data?.map(({ full_name, name }) => (
        <TreeItem key={name} name={full_name ?? `${catalog}.${schema}.${name}`} current={current} />
      ))}
    </TreeList>
  )
}

interface TreeListProps {
  readonly list: {
    readonly isPending: boolean
    readonly error: Error | null
    readonly data: readonly unknown[] | undefined
  }
  readonly empty?: ReactNode
  readonly children: ReactNode
}

function TreeList({ list, empty, children }: TreeListProps) {
  const { t } = useTranslation()
  if (list.isPending) return <Skeleton lines={2} />
  if (list.error) return <Failure error={list.error} />
  if (list.data?.length === 0) return empty ?? <p className="muted nothing">{t('catalog.empty')}</p>
  return <ul>{children}</ul>
}

function TreeItem({
  name,
  current,
  children,
}: {
  name: string
  current: string | undefined
  children?: ReactNode
}) {
  const { t } = useTranslation()
  const within = current !== undefined && (current === name || ancestorsOf(current).includes(name))
  const [open, setOpen] = useState(within)
  return (
    <li>
      <span className="tree-item">
        {children && (
          <button
            type="button"
            className="fold"
            aria-expanded={open}
            aria-label={t(open ? 'catalog.collapse' : 'catalog.expand', { name })}
            onClick={() => setOpen(!open)}
          >
            <Icon name="chevron" size={12} />
          </button>
        )}
        <Link
          to="/catalog/$name"
          params={{ name }}
          aria-current={name === current ? 'page' : undefined}
          onClick={() => setOpen(true)}
        >
          <Icon name={ICON[securableOf(name).type]} size={14} />
          <span className="truncate">{lastPart(name)}</span>
        </Link>
      </span>
      {open && children}
    </li>
  )
}

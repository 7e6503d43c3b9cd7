import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  listCatalogs,
  listSchemas,
  listTables,
  listVolumes,
  type Securable,
  type SecurableType,
} from '../api/catalog.js'
import { queryKeys } from '../api/query-keys.js'
import { Icon, type IconName } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { ancestorsOf, lastPart, pageOf } from './securable.js'

const ICON: Record<SecurableType, IconName> = {
  catalog: 'catalog',
  schema: 'folder',
  table: 'table',
  volume: 'volume',
}

/** Catalogs, schemas, tables and volumes that the caller may see. Children are loaded when their parent is expanded. */
export function CatalogTree({ current }: { current?: Securable }) {
  const { t } = useTranslation()
  const catalogs = useQuery({ queryKey: queryKeys.catalogs(), queryFn: ({ signal }) => listCatalogs(signal) })
  return (
    <nav className="panel tree" aria-label={t('catalog.tree')}>
      <TreeList list={catalogs} empty={<Empty title={t('catalog.none')}>{t('catalog.noneHelp')}</Empty>}>
        {catalogs.data?.map(({ name }) => (
          <TreeItem key={name} securable={{ type: 'catalog', name }} current={current}>
            <Schemas catalog={name} current={current} />
          </TreeItem>
        ))}
      </TreeList>
    </nav>
  )
}

function Schemas({ catalog, current }: { catalog: string; current: Securable | undefined }) {
  const schemas = useQuery({
    queryKey: queryKeys.schemas(catalog),
    queryFn: ({ signal }) => listSchemas(catalog, signal),
  })
  return (
    <TreeList list={schemas}>
      {schemas.data?.map(({ full_name, name }) => (
        <TreeItem key={full_name} securable={{ type: 'schema', name: full_name }} current={current}>
          <SchemaContents catalog={catalog} schema={name} current={current} />
        </TreeItem>
      ))}
    </TreeList>
  )
}

interface SchemaContentsProps {
  readonly catalog: string
  readonly schema: string
  readonly current: Securable | undefined
}

/** The tables, then the volumes. */
function SchemaContents({ catalog, schema, current }: SchemaContentsProps) {
  const tables = useQuery({
    queryKey: queryKeys.tables(catalog, schema),
    queryFn: ({ signal }) => listTables(catalog, schema, signal),
  })
  const volumes = useQuery({
    queryKey: queryKeys.volumes(catalog, schema),
    queryFn: ({ signal }) => listVolumes(catalog, schema, signal),
  })
  const items: Securable[] = [
    ...(tables.data ?? []).map(({ name }) => ({
      type: 'table' as const,
      name: `${catalog}.${schema}.${name}`,
    })),
    ...(volumes.data ?? []).map(({ full_name }) => ({ type: 'volume' as const, name: full_name })),
  ]
  const isPending = tables.isPending || volumes.isPending
  const error = tables.error ?? volumes.error
  const isPart = error !== null && items.length > 0
  return (
    <>
      <TreeList list={{ isPending, error: isPart ? null : error, data: items }}>
        {items.map((item) => (
          <TreeItem key={`${item.type} ${item.name}`} securable={item} current={current} />
        ))}
      </TreeList>
      {isPart && !isPending && <Failure error={error} />}
    </>
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

interface TreeItemProps {
  readonly securable: Securable
  readonly current: Securable | undefined
  readonly children?: ReactNode
}

function TreeItem({ securable, current, children }: TreeItemProps) {
  const { t } = useTranslation()
  const { type, name } = securable
  const isCurrent = current?.type === type && current.name === name
  const within = isCurrent || (current !== undefined && ancestorsOf(current.name).includes(name))
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
          {...pageOf(securable)}
          aria-current={isCurrent ? 'page' : undefined}
          onClick={() => setOpen(true)}
        >
          <Icon name={ICON[type]} size={14} />
          <span className="truncate">{lastPart(name)}</span>
        </Link>
      </span>
      {open && children}
    </li>
  )
}

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

/** Catalogs, schemas, tables: what the caller may see. Branches are read when they are opened. */
export function CatalogTree({ current }: { current?: string }) {
  const { t } = useTranslation()
  const catalogs = useQuery({ queryKey: queryKeys.catalogs(), queryFn: ({ signal }) => listCatalogs(signal) })
  return (
    <nav className="panel tree" aria-label={t('catalog.tree')}>
      <Branch list={catalogs} empty={<Empty title={t('catalog.none')}>{t('catalog.noneHelp')}</Empty>}>
        {catalogs.data?.map(({ name }) => (
          <Twig key={name} name={name} current={current}>
            <Schemas catalog={name} current={current} />
          </Twig>
        ))}
      </Branch>
    </nav>
  )
}

function Schemas({ catalog, current }: { catalog: string; current: string | undefined }) {
  const schemas = useQuery({
    queryKey: queryKeys.schemas(catalog),
    queryFn: ({ signal }) => listSchemas(catalog, signal),
  })
  return (
    <Branch list={schemas}>
      {schemas.data?.map(({ full_name, name }) => (
        <Twig key={full_name} name={full_name} current={current}>
          <Tables catalog={catalog} schema={name} current={current} />
        </Twig>
      ))}
    </Branch>
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
    <Branch list={tables}>
      {tables.data?.map(({ full_name, name }) => (
        <Twig key={name} name={full_name ?? `${catalog}.${schema}.${name}`} current={current} />
      ))}
    </Branch>
  )
}

interface BranchProps {
  readonly list: {
    readonly isPending: boolean
    readonly error: Error | null
    readonly data: readonly unknown[] | undefined
  }
  readonly empty?: ReactNode
  readonly children: ReactNode
}

function Branch({ list, empty, children }: BranchProps) {
  const { t } = useTranslation()
  if (list.isPending) return <Skeleton lines={2} />
  if (list.error) return <Failure error={list.error} />
  if (list.data?.length === 0) return empty ?? <p className="muted nothing">{t('catalog.empty')}</p>
  return <ul>{children}</ul>
}

function Twig({
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
      <span className="twig">
        {children && (
          <button
            type="button"
            className="fold"
            aria-expanded={open}
            aria-label={t(open ? 'catalog.fold' : 'catalog.unfold', { name })}
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

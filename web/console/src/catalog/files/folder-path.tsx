import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { lastPart } from '../securable.js'

/** Links to the folders above, and the name of this one. */
export function FolderPath({ volume, folder }: { volume: string; folder: string }) {
  const { t } = useTranslation()
  const names = folder === '' ? [] : folder.split('/')
  return (
    <nav className="folder-path mono" aria-label={t('files.path')}>
      <FolderLink volume={volume} folder="" label={lastPart(volume)} isCurrent={names.length === 0} />
      {names.map((name, index) => {
        const path = names.slice(0, index + 1).join('/')
        return (
          <Fragment key={path}>
            /
            <FolderLink volume={volume} folder={path} label={name} isCurrent={path === folder} />
          </Fragment>
        )
      })}
    </nav>
  )
}

interface FolderLinkProps {
  readonly volume: string
  readonly folder: string
  readonly label: string
  readonly isCurrent?: boolean
}

export function FolderLink({ volume, folder, label, isCurrent = false }: FolderLinkProps) {
  return (
    <Link
      to="/catalog/volumes/$name"
      params={{ name: volume }}
      search={folder ? { folder } : {}}
      aria-current={isCurrent ? 'location' : undefined}
    >
      {label}
    </Link>
  )
}

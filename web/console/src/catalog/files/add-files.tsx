import { useQueryClient } from '@tanstack/react-query'
import { type DragEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../../api/query-keys.js'
import { createDirectory } from '../../api/volume-files.js'
import { Icon } from '../../ui/icon.js'
import { CreateFolder } from './create-folder.js'

interface AddFilesProps {
  /** The folder that receives them. */
  readonly path: string
  readonly onAdd: (files: readonly File[]) => void
}

/** Takes files by drop or from a dialog, and creates folders. */
export function AddFiles({ path, onAdd }: AddFilesProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [creating, setCreating] = useState(false)
  useEffect(ignoreDropsElsewhere, [])
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    onAdd(filesOf(event.dataTransfer))
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same by keyboard
    <div
      className={over ? 'drop-zone over' : 'drop-zone'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span className="muted">{t('files.drop')}</span>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('files.choose')}
        onChange={(event) => {
          onAdd([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = '' // the same file can be chosen again
        }}
      />
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <Icon name="up" />
        {t('files.choose')}
      </button>
      <button type="button" className="button" onClick={() => setCreating(true)}>
        <Icon name="plus" />
        {t('files.createFolder')}
      </button>
      {creating && (
        <CreateFolder
          create={async (name) => {
            await createDirectory(`${path}/${name}`)
            await queries.invalidateQueries({ queryKey: queryKeys.directory(path) })
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </div>
  )
}

/** Without this, a browser opens a file that is dropped outside the zone, which ends the uploads of the page. */
function ignoreDropsElsewhere(): () => void {
  const ignore = (event: globalThis.DragEvent) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'none'
  }
  window.addEventListener('dragover', ignore)
  window.addEventListener('drop', ignore)
  return () => {
    window.removeEventListener('dragover', ignore)
    window.removeEventListener('drop', ignore)
  }
}

/** Dropped folders are skipped. */
const filesOf = ({ items }: DataTransfer) =>
  [...items]
    .filter((item) => item.kind === 'file' && item.webkitGetAsEntry()?.isDirectory !== true)
    .flatMap((item) => item.getAsFile() ?? [])
